import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { type OutcomeRecord, recordAccepted, recordOutcome } from '../../../shared/steps/attempt-outcome.ts';
import { placeTestOrder } from '../../support/orders.ts';
import { startTables, type Tables } from '../../support/tables.ts';

const attempt = {
  number: 1,
  provider: 'piapi',
  nativeModel: 't2v-01',
  priceMicroUsd: 200_000,
  claimedAt: '2026-03-02T10:00:00.000Z',
  claimId: 'claim-1',
};
const job = { id: 'job-1' };
let tables: Tables;
let record: OutcomeRecord;

beforeEach(async () => {
  tables = await startTables();
  onTestFinished(() => tables.close());
  const { id } = await placeTestOrder(tables);
  await tables.tasks.transition(id, { from: ['accepted'], to: 'submitting', set: { attempts: [attempt] } });
  record = {
    tasks: tables.tasks,
    taskId: id,
    attempt,
    now: new Date(attempt.claimedAt),
    typicalSeconds: 180,
  };
});

const readAttempt = async () => (await tables.tasks.getTask(record.taskId))?.attempts[0];

describe('recordAccepted', () => {
  it('leaves the job known when it dies before the job is owned, and goes on when it is repeated', async () => {
    const claimJob = () => Promise.reject(new Error('killed'));
    await expect(recordAccepted({ ...record, tasks: { ...tables.tasks, claimJob } }, job)).rejects.toThrow(
      'killed',
    );
    expect(await readAttempt()).toMatchObject({ outcome: 'accepted', jobId: 'job-1' });

    await recordAccepted(record, job);

    expect(await readAttempt()).toMatchObject({ outcome: 'accepted', jobId: 'job-1' });
    expect(await tables.tasks.claimJob('piapi', 'job-1', 'another-task')).toBe(false);
  });

  it('knows nothing after all when another task owns the job', async () => {
    await tables.tasks.claimJob('piapi', 'job-1', 'another-task');

    await recordAccepted(record, job);

    const known = await readAttempt();
    expect(known).toMatchObject({ outcome: 'unknown' });
    expect(known?.jobId).toBeUndefined();
  });

  it('comes too late for a refusal, for another job and for a task that was given up', async () => {
    await recordAccepted(record, job);

    expect(await recordAccepted(record, { id: 'job-2' })).toBe('stale');
    expect(await recordOutcome(record, { kind: 'not_sent', message: 'no' })).toBe('stale');
    await tables.tasks.amend(record.taskId, {
      set: { failure: { code: 'archive_failed', message: '', charged: 'yes' } },
    });
    expect(await recordAccepted(record, job)).toBe('stale');
  });
});
