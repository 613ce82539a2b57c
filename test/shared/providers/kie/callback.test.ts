import { describe, expect, it } from 'vitest';
import { kie } from '../../../../shared/providers/kie/index.ts';
import { readFixture } from '../../../support/read-fixture.ts';

const claimOf = (body: string, dialect = 'hailuo') =>
  kie.load({ KIE_DIALECT: dialect }).verifyCallback?.({ headers: {}, body }, 'a-proof');

describe('the callback of KIE by its document', () => {
  const withStatus = (status: unknown) => JSON.stringify({ taskId: 'hailuo_1', status });

  it.each([
    ['document', 'hailuo_ghi789jkl'],
    ['success', 'hailuo_k3v9d2m1q'],
  ])('is terminal and names the job in callback-%s', (name, jobId) => {
    expect(claimOf(readFixture(`kie/callback-${name}`))).toEqual({ kind: 'terminal', jobId });
  });

  it.each([1, '1', 2, 7, 'done', null])('is terminal when the status is %j', (status) => {
    expect(claimOf(withStatus(status))).toEqual({ kind: 'terminal', jobId: 'hailuo_1' });
  });

  it.each([0, '0'])('is not terminal when the status is %j', (status) => {
    expect(claimOf(withStatus(status))).toEqual({ kind: 'not_terminal', jobId: 'hailuo_1' });
  });
});

describe('the callback of KIE on the market', () => {
  const withState = (state: unknown) => JSON.stringify({ code: 200, data: { taskId: 'a1', state } });

  it.each(['success', 'fail'])('is terminal and names the job in callback-%s', (name) => {
    const jobId = '281e5b0aa1c04d2f9e63c1d2b7f39b91';
    expect(claimOf(readFixture(`kie-market/callback-${name}`), 'market')).toEqual({
      kind: 'terminal',
      jobId,
    });
  });

  it.each(['Success', 'daydreaming', null])('is terminal when the state is %j', (state) => {
    expect(claimOf(withState(state), 'market')).toEqual({ kind: 'terminal', jobId: 'a1' });
  });

  it.each(['waiting', 'Queuing', 'generating'])('is not terminal when the state is %s', (state) => {
    expect(claimOf(withState(state), 'market')).toEqual({ kind: 'not_terminal', jobId: 'a1' });
  });

  it('names the job by the other spelling of its id too', () => {
    const body = JSON.stringify({ code: 501, data: { task_id: 'a1', state: 'fail' } });
    expect(claimOf(body, 'market')).toEqual({ kind: 'terminal', jobId: 'a1' });
  });
});

describe.each(['hailuo', 'market'])('the callback of KIE in the dialect %s', (dialect) => {
  it.each(['', 'not json', '{}', '{"data":null}', '[]', '{"taskId":{}}'])(
    'is terminal without a job when the body is %j',
    (body) => {
      expect(claimOf(body, dialect)).toEqual({ kind: 'terminal' });
    },
  );
});
