import { describe, expect, it } from 'vitest';
import { verifyCallback } from '../../../../shared/providers/minimax/callback.ts';
import { readFixture } from '../../../support/read-fixture.ts';

const jobId = '106916112212032';
const claimOf = (body: string) => verifyCallback({ headers: {}, body });
const withStatus = (status: unknown) => JSON.stringify({ task_id: jobId, status });

describe('the callback of MiniMax', () => {
  it('is a challenge, to be sent back as it came', () => {
    const body = readFixture('minimax/callback-challenge');
    expect(claimOf(body)).toEqual({ kind: 'challenge', answer: JSON.parse(body) });
  });

  it.each(['', '0', 'a "quoted" \\ word', 'x'.repeat(1024)])(
    'sends back nothing but the challenge %j',
    (challenge) => {
      const claim = claimOf(JSON.stringify({ challenge, more: 'of it' }));
      expect(claim).toEqual({ kind: 'challenge', answer: { challenge } });
    },
  );

  it('neither answers nor rings when the challenge has more than 1024 characters', () => {
    expect(claimOf(JSON.stringify({ challenge: 'x'.repeat(1025) }))).toEqual({ kind: 'not_terminal' });
  });

  it.each([
    ['processing', 'not_terminal'],
    ['success', 'terminal'],
    ['failed', 'terminal'],
  ])('names the job when it says %s, which is %s', (word, kind) => {
    expect(claimOf(readFixture(`minimax/callback-${word}`))).toEqual({ kind, jobId });
  });

  it.each([
    ['Queueing', 'not_terminal'],
    ['PROCESSING', 'not_terminal'],
    ['Fail', 'terminal'],
    ['daydreaming', 'terminal'],
    [1, 'terminal'],
  ])('reads the status %j in any case: %s', (status, kind) => {
    expect(claimOf(withStatus(status))).toEqual({ kind, jobId });
  });

  it('keeps every digit of an id that comes as a number', () => {
    const claim = claimOf('{"task_id":1896852590888419329,"status":"success"}');
    expect(claim).toEqual({ kind: 'terminal', jobId: '1896852590888419329' });
  });

  it.each(['', 'not json', '{}', '{"challenge":null}', '{"challenge":7}', '[]'])(
    'is terminal without a job when the body is %j',
    (body) => {
      expect(claimOf(body)).toEqual({ kind: 'terminal' });
    },
  );
});
