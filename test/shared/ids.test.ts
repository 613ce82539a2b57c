import { describe, expect, it } from 'vitest';
import { fromVideoId, isTaskId, newTaskId, retryIdOf, toVideoId } from '../../shared/ids.ts';

describe('newTaskId', () => {
  it('is a number of 19 digits that fits 64 bits, as 16 hex digits', () => {
    for (const id of Array.from({ length: 1000 }, () => newTaskId('acme'))) {
      expect(id).toMatch(/^[0-9a-f]{16}$/);
      expect(BigInt(`0x${id}`).toString()).toHaveLength(19);
      expect(BigInt(`0x${id}`) < 2n ** 63n).toBe(true);
    }
  });

  it('is the same for the same account and key, and another for another of either', () => {
    expect(newTaskId('acme', 'k')).toBe(newTaskId('acme', 'k'));
    expect(newTaskId('acme', 'k')).not.toBe(newTaskId('acme', 'l'));
    expect(newTaskId('acme', 'k')).not.toBe(newTaskId('acm', 'ek'));
  });
});

describe('retryIdOf', () => {
  const id = '331ac6c1e3d7ead4';

  it('is the same for the same account and task, and another for another of either', () => {
    expect(retryIdOf('acme', id)).toBe(retryIdOf('acme', id));
    expect(retryIdOf('acme', id)).not.toBe(retryIdOf('rival', id));
    expect(retryIdOf('acme', id)).not.toBe(retryIdOf('acme', retryIdOf('acme', id)));
    expect(isTaskId(retryIdOf('acme', id))).toBe(true);
  });

  it.each(['retry', id, `retry","${id}`, `["retry","${id}"]`, `retry,${id}`, ''])(
    'is not reached by the key %j',
    (key) => {
      expect(newTaskId('acme', key)).not.toBe(retryIdOf('acme', id));
    },
  );
});

describe('isTaskId', () => {
  it('is true for every new id', () => {
    expect(isTaskId(newTaskId('acme'))).toBe(true);
  });

  it.each(['', '123', '0123456789ABCDEF', 'x0123456789abcdef', '0123456789abcdef\n'])(
    'is false for %j',
    (text) => {
      expect(isTaskId(text)).toBe(false);
    },
  );
});

describe('fromVideoId', () => {
  it('reads what toVideoId wrote', () => {
    const id = newTaskId('acme');
    expect(fromVideoId(toVideoId(id))).toBe(id);
  });

  it.each([
    '',
    'video_',
    'video_123',
    'video_ZZZZZZZZZZZZZZZZ',
    'job_0de0b6b3a7640000',
    'video_0de0b6b3a7640000 ',
  ])('does not read "%s"', (text) => {
    expect(fromVideoId(text)).toBeUndefined();
  });
});
