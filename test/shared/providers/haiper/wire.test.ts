import { describe, expect, it } from 'vitest';
import { meaningOf, wireTaskSchema } from '../../../../shared/providers/haiper/wire.ts';
import { expiryOf } from '../../../../shared/providers/wire-reading.ts';

const url = 'https://cdn.example.com/haiper.mp4';

describe('the wire of Haiper', () => {
  it.each([
    ['in milliseconds', 1772532843259, '', '2026-03-03T10:14:03.259Z'],
    ['in seconds', 1772532843, '', '2026-03-03T10:14:03.000Z'],
    ['as text', '1772532843259', '', '2026-03-03T10:14:03.259Z'],
    ['later than that of the URL', 1772532843259, '?Expires=1772532842', '2026-03-03T10:14:02.000Z'],
    ['of zero', 0, '', undefined],
    ['that is absent', undefined, '', undefined],
  ])('reads an expiry %s', (_name, expireTime, query, expiresAt) => {
    const task = wireTaskSchema.parse({ status: 'SUCCESS', mediaUrl: `${url}${query}`, expireTime });
    expect(expiryOf(task.url ?? '', task.expireTime)).toBe(expiresAt);
  });

  it('reads a task in snake case as it reads one in camel case', () => {
    const task = wireTaskSchema.parse({ status: 'SUCCESS', media_url: url, expire_time: 1772532843259 });
    expect(task).toMatchObject({ url, expireTime: 1772532843259 });
  });

  it.each([
    ['pending', 'queued'],
    ['In_Progress', 'running'],
    [' SUCCESS ', 'succeeded'],
    ['FAIL', 'failed'],
    ['Failed', 'failed'],
    ['error', 'failed'],
    ['CANCELLED', 'failed'],
    ['canceled', 'failed'],
    ['PAUSED', 'unknown'],
  ])('takes the status "%s" for %s', (status, meaning) => {
    expect(meaningOf(status)).toBe(meaning);
  });
});
