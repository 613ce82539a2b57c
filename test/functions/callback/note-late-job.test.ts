import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { receiveCallback } from '../../../functions/callback/receive-callback.ts';
import { secondsAfter } from '../../../shared/clock.ts';
import type { Task } from '../../../shared/domain/task.ts';
import { callbackProof, newShortId } from '../../../shared/ids.ts';
import { clearFollowUp } from '../../../shared/ordering/clear-follow-up.ts';
import { requireTask } from '../../../shared/storage/task-store.ts';
import { changeEnded, placeArchivedEvidence, placeLateJob } from '../../support/late-job.ts';
import { everyDeath, mortal, untilKilled } from '../../support/mortal.ts';
import { readMonth } from '../../support/orders.ts';
import { type Steps, startSteps } from '../../support/steps.ts';
import { callbackSecret, placeSubmitUnknown } from '../../support/submit-unknown.ts';

let steps: Steps;
let account: string;
beforeAll(async () => {
  steps = await startSteps();
});
afterAll(() => steps.close());
beforeEach(() => {
  account = newShortId();
});

interface Message {
  readonly jobId?: string;
  readonly status?: string;
  readonly secret?: string;
  readonly proof?: string;
}

/** Calls back as the provider of the task. */
function call(task: Task, message: Message = {}, context = steps.context) {
  const { jobId = 'job-7', status = 'completed', secret = callbackSecret } = message;
  const { proof = callbackProof(secret) } = message;
  const body = JSON.stringify({ data: { task_id: jobId, status } });
  const path = { provider: 'piapi', taskId: task.id, attempt: 1, secret };
  return receiveCallback(path, { headers: { 'x-webhook-secret': proof }, body }, context);
}

const read = ({ id }: Task) => requireTask(id, steps.tasks);
const now = () => steps.clock.now().toISOString();

describe('a callback after submit_unknown', () => {
  it.each(['completed', 'processing'])(
    'makes its job, %s, something to look into at once',
    async (status) => {
      const task = await placeSubmitUnknown(steps, { account });

      expect(await call(task, { status })).toEqual({ kind: 'rang' });

      expect(await read(task)).toEqual({
        ...task,
        attempts: [{ ...task.attempts[0], hintedJobId: 'job-7' }],
        evidence: { since: now() },
        followUps: ['evidence'],
        deadlineAt: secondsAfter(now(), 20 * 60),
        nextDueAt: now(),
        wake: now(),
      });
      expect(await readMonth(steps, account)).toEqual({ committedMicroUsd: 200_000, spentMicroUsd: 0 });
    },
  );

  it('does so once when it comes five times at once', async () => {
    const task = await placeSubmitUnknown(steps, { account });

    const receipts = await Promise.all(Array.from({ length: 5 }, () => call(task)));

    expect(receipts).toEqual(Array.from({ length: 5 }, () => ({ kind: 'rang' })));
    expect((await read(task)).followUps).toEqual(['evidence']);
  });

  it.each(everyDeath(2))(
    'does so when its worker died $when write $write and it comes again',
    async (death) => {
      const task = await placeSubmitUnknown(steps, { account });
      const dying = mortal(steps.context, death);

      expect(await untilKilled(call(task, {}, { ...steps.context, ...dying }))).toBe('killed');
      await call(task);

      expect(await read(task)).toMatchObject({ followUps: ['evidence'], evidence: { since: now() } });
    },
  );

  it('loses nothing to a worker that clears the last follow-up of the end meanwhile', async () => {
    const task = await placeSubmitUnknown(steps, { account, outboxName: 'sea' });
    expect(task.followUps).toEqual(['outbox']);

    await Promise.all([call(task), clearFollowUp(task, 'outbox', steps.tasks)]);

    expect((await read(task)).followUps).toContain('evidence');
    expect((await read(task)).nextDueAt).toBeDefined();
  });

  it('releases who sleeps over the job, and does not begin anew', async () => {
    const task = await placeLateJob(steps, { account, row: { taskToken: `sleeper-${account}` } });

    expect(await call(task)).toEqual({ kind: 'rang' });

    expect(steps.released).toContain(`sleeper-${account}`);
    expect(await read(task)).toEqual({ ...task, wake: now() });
  });

  it('names another job as long as none is attached', async () => {
    const task = await placeLateJob(steps, { account });

    await call(task, { jobId: 'job-8' });

    expect((await read(task)).attempts).toMatchObject([{ hintedJobId: 'job-8' }]);
  });

  it.each([
    ['is not about the job that was found', { 'attempts[0].jobId': 'job-1' }],
    ['says of a job in progress that it goes on', {}, 'processing'],
  ])('changes nothing when it %s', async (_, row, status = 'completed') => {
    const task = await placeLateJob(steps, { account, row });

    expect(await call(task, { status })).toEqual({ kind: 'ignored' });
    expect(await read(task)).toEqual(task);
  });

  it.each(['unconfirmed', 'without_video'])('opens again what was given up as %s', async (verdict) => {
    const since = '2026-03-02T10:30:00.000Z';
    const row = { followUps: [], evidence: { since, verdict }, 'attempts[0].jobId': 'job-7' };
    const task = await placeLateJob(steps, { account, row });

    expect(await call(task)).toEqual({ kind: 'rang' });

    expect(await read(task)).toMatchObject({ followUps: ['evidence'], wake: now() });
    expect((await read(task)).evidence).toEqual({ since: now() });
  });

  it.each([
    ['failed', 'job-7', 'ignored'],
    ['foreign', 'job-7', 'ignored'],
    ['foreign', 'job-8', 'rang'],
  ])('after a verdict of %s a callback about %s is %s', async (verdict, jobId, kind) => {
    const row = { followUps: [], evidence: { since: now(), verdict } };
    const task = await placeLateJob(steps, { account, row });

    expect(await call(task, { jobId })).toEqual({ kind });
  });

  it('changes nothing once the video is archived', async () => {
    const task = await placeArchivedEvidence(steps, { account });

    expect(await call(task)).toEqual({ kind: 'ignored' });
    expect(await read(task)).toEqual(task);
  });

  it.each([
    ['was deleted', { deletedAt: '2026-03-02T12:00:00.000Z' }],
    ['failed for another reason', { 'failure.code': 'deadline_exceeded' }],
  ])('keeps only the name of the job of a task that %s', async (_, row) => {
    const task = await changeEnded(steps, await placeSubmitUnknown(steps, { account }), row);

    expect(await call(task)).toEqual({ kind: 'ignored' });

    expect(await read(task)).toEqual({ ...task, attempts: [{ ...task.attempts[0], hintedJobId: 'job-7' }] });
  });

  it.each([
    ['a guessed path', { secret: 'guess' }, 'unknown'],
    ['a forged proof', { proof: 'forged' }, 'bad_proof'],
  ])('opens nothing from %s', async (_, message, kind) => {
    const task = await placeSubmitUnknown(steps, { account });

    expect(await call(task, message)).toEqual({ kind });
    expect(await read(task)).toEqual(task);
  });
});
