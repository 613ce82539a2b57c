import { describe, expect, it } from 'vitest';
import { verifyCallback } from '../../../../shared/providers/piapi/callback.ts';
import { readFixture } from '../../../support/read-fixture.ts';

const headers = { 'x-webhook-secret': 'a-proof' };
const withStatus = (status: unknown) => JSON.stringify({ timestamp: 1, data: { task_id: 'job-1', status } });

describe('the callback of PiAPI', () => {
  it('is terminal and names the job when the job is completed', () => {
    const message = { headers, body: readFixture('piapi/webhook-completed') };
    const jobId = '0d7c9b1e-6a52-4f0e-8f0e-3b1b8d2f6a10';
    expect(verifyCallback(message, 'a-proof')).toEqual({ kind: 'terminal', jobId });
  });

  it.each(['completed', 'Failed', 'FAILED', 'daydreaming'])('is terminal when the status is %s', (status) => {
    const claim = verifyCallback({ headers, body: withStatus(status) }, 'a-proof');
    expect(claim).toEqual({ kind: 'terminal', jobId: 'job-1' });
  });

  it.each(['pending', 'processing', 'Staged'])('is not terminal when the status is %s', (status) => {
    expect(verifyCallback({ headers, body: withStatus(status) }, 'a-proof')).toEqual({
      kind: 'not_terminal',
      jobId: 'job-1',
    });
  });

  it('is believed as far as any callback is when the provider sends no proof at all', () => {
    const claim = verifyCallback({ headers: {}, body: withStatus('completed') }, 'a-proof');
    expect(claim).toEqual({ kind: 'terminal', jobId: 'job-1' });
  });

  it.each([{ 'x-webhook-secret': '' }, { 'x-webhook-secret': 'another' }])(
    'has a bad proof with %j',
    (given) => {
      const claim = verifyCallback({ headers: given, body: withStatus('completed') }, 'a-proof');
      expect(claim).toEqual({ kind: 'bad_proof' });
    },
  );

  it.each(['', 'not json', '{}', '{"data":null}', '[]'])(
    'is terminal without a job when the body is %j',
    (body) => {
      expect(verifyCallback({ headers, body }, 'a-proof')).toEqual({ kind: 'terminal' });
    },
  );
});
