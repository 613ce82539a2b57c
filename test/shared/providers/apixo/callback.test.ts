import { describe, expect, it } from 'vitest';
import { verifyCallback } from '../../../../shared/providers/apixo/callback.ts';
import { readFixture } from '../../../support/read-fixture.ts';

const claimOf = (body: string) => verifyCallback({ headers: {}, body });
const withState = (state: unknown) => JSON.stringify({ code: 200, data: { taskId: 'task_1', state } });

describe('the callback of Apixo', () => {
  it.each(['success', 'failed'])('is terminal and names the job when the job is %s', (ending) => {
    const jobId = 'task_5c1b77aa';
    expect(claimOf(readFixture(`apixo/callback-${ending}`))).toEqual({ kind: 'terminal', jobId });
  });

  it.each(['Success', 'FAILED', 'daydreaming', null])('is terminal when the state is %s', (state) => {
    expect(claimOf(withState(state))).toEqual({ kind: 'terminal', jobId: 'task_1' });
  });

  it.each(['pending', 'Processing'])('is not terminal when the state is %s', (state) => {
    expect(claimOf(withState(state))).toEqual({ kind: 'not_terminal', jobId: 'task_1' });
  });

  it.each(['', 'not json', '{}', '{"data":null}', '[]'])(
    'is terminal without a job when the body is %j',
    (body) => {
      expect(claimOf(body)).toEqual({ kind: 'terminal' });
    },
  );
});
