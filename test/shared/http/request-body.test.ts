import { describe, expect, it } from 'vitest';
import { readJson } from '../../../shared/http/request-body.ts';
import { anHttpEvent } from '../../support/http-events.ts';

const read = (body: string | Uint8Array) => readJson(anHttpEvent({ method: 'POST', path: '/', body }));
const json = '{"prompt": "Ü"}';

describe('readJson', () => {
  it.each([
    ['text', json],
    ['text with a byte order mark', `\ufeff${json}`],
    ['bytes', Buffer.from(json)],
    ['bytes with a byte order mark', Buffer.from(`\ufeff${json}`)],
  ])('reads %s', (_, body) => {
    expect(read(body)).toEqual({ prompt: 'Ü' });
  });

  it.each([
    ['a byte that no character has', Buffer.from([0x22, 0xff, 0x22]), 'The body is not valid UTF-8'],
    ['half a character', Buffer.from(json).subarray(0, 13), 'The body is not valid UTF-8'],
    ['two byte order marks', `\ufeff\ufeff${json}`, 'The body is not valid JSON'],
    ['nothing', '', 'The body is not valid JSON'],
  ])('refuses %s', (_, body, message) => {
    expect(() => read(body)).toThrow(expect.objectContaining({ code: 'invalid_json', message }));
  });
});
