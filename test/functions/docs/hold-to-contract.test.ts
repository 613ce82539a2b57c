import { describe, expect, it } from 'vitest';
import { holdRequestToContract } from '../../support/contract/hold-request-to-contract.ts';
import { holdMessageToContract, holdToContract } from '../../support/contract/hold-to-contract.ts';
import { anHttpEvent } from '../../support/http-events.ts';

function answerOf(
  path: string,
  body: unknown,
  overrides: { status?: number; type?: string; method?: string } = {},
) {
  const { status = 200, type = 'application/json', method = 'GET' } = overrides;
  const headers = { 'content-type': type, 'x-request-id': 'request-1' };
  return () => holdToContract({ method, path, status, headers, body: JSON.stringify(body) });
}

const problem = {
  ...{
    type: 'urn:conch:error:not_found',
    title: 'Not found',
    status: 404,
    detail: 'Gone',
    code: 'not_found',
  },
  ...{ param: null, errors: [] },
  error: { message: 'Gone', type: 'invalid_request_error', code: 'not_found', param: null },
};
const failed = { status: 404, type: 'application/problem+json' };

describe('an answer is held to the published contract, which', () => {
  it.each([
    ['a good answer', answerOf('/health', { status: 'ok' })],
    ['a good answer to HEAD', answerOf('/health', 'nothing', { method: 'HEAD' })],
    ['a problem', answerOf('/v1/videos/video_0', problem, failed)],
    ['a problem where nobody serves anything', answerOf('/v2/videos', problem, failed)],
    [
      'a purchased path with slashes',
      answerOf('/v1/ai/a/b/video/upscale', { taskId: '7' }, { method: 'POST' }),
    ],
  ])('takes %s', (_, hold) => {
    expect(hold).not.toThrow();
  });

  it.each([
    ['a wrong value', answerOf('/health', { status: 'no' }), /getHealth\) answered 200.*status: .*"ok"/],
    ['a missing field', answerOf('/health', {}), /status: /],
    ['a field that it does not know', answerOf('/health', { status: 'ok', more: 1 }), /"more"/],
    [
      'a wrong value deep inside',
      answerOf('/v1/providers', { object: 'list', data: [{ id: 7 }] }),
      /listProviders\) answered 200.*data\.0\.id: /,
    ],
    ['an unknown status', answerOf('/health', { status: 'ok' }, { status: 418 }), /418.*not documented/],
    ['another content type', answerOf('/health', {}, { type: 'text/html' }), /text\/html is not documented/],
    ['an answer to what nobody serves', answerOf('/v2/videos', {}), /no operation.*nobody serves this/],
    ['an error in another shape', answerOf('/v1/videos/x', { message: 'Gone' }, failed), /title: /],
    ['a dialect elsewhere', answerOf('/api/v1/task/7', problem, { status: 404 }), /code: /],
  ])('refuses %s', (_, hold, message) => {
    expect(hold).toThrow(message);
  });

  it('refuses a header that it has elsewhere, and not at this status', () => {
    const headers = { 'content-type': 'application/json', location: '/x' };
    const hold = () =>
      holdToContract({ method: 'GET', path: '/health', status: 200, headers, body: '{"status":"ok"}' });

    expect(hold).toThrow(/the header location is not documented/);
  });

  it('refuses a body that our own API took, and lets the doors take more than they tell of', () => {
    const order = (path: string, json: object) => anHttpEvent({ method: 'POST', path, json });

    expect(() => holdRequestToContract(order('/v1/videos', { prompt: 'Fog' }), 200)).not.toThrow();
    expect(() => holdRequestToContract(order('/v1/videos', { fps: 24 }), 200)).toThrow(/createVideo.*"fps"/);
    expect(() => holdRequestToContract(order('/v1/videos', { fps: 24 }), 422)).not.toThrow();
    expect(() => holdRequestToContract(order('/api/v1/task', { fps: 24 }), 200)).not.toThrow();
  });

  it('refuses a message that it does not have', () => {
    expect(() => holdMessageToContract('{"object":"event","type":"video.lost"}')).toThrow(/no such message/);
    expect(() => holdMessageToContract('{"object":"event","type":"video.failed"}')).toThrow(/data: /);
    expect(() => holdMessageToContract('{"task":7}')).toThrow(/callback/);
  });
});
