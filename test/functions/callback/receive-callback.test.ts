import { SFNClient } from '@aws-sdk/client-sfn';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { receiveCallback } from '../../../functions/callback/receive-callback.ts';
import { checkJob } from '../../../functions/steps/check-job/check-job.ts';
import { submitToProvider } from '../../../functions/steps/submit-to-provider/submit-to-provider.ts';
import { type AwsJsonService, startAwsJsonServer } from '../../../infra/local/aws-json-server.ts';
import { AwsServiceError } from '../../../infra/local/aws-service-error.ts';
import type { LocalServer } from '../../../infra/local/local-server.ts';
import type { Task } from '../../../shared/domain/task.ts';
import { callbackProof, newSecret, sha256 } from '../../../shared/ids.ts';
import { placeTestOrder } from '../../support/orders.ts';
import { aFinishedPiapiTask, aPiapiTask, type Steps, startSteps } from '../../support/steps.ts';

let steps: Steps;
let stepFunctions: LocalServer;
let released: unknown[];
let answerRelease: AwsJsonService;
beforeEach(async () => {
  steps = await startSteps();
  released = [];
  answerRelease = async () => ({});
  stepFunctions = await startAwsJsonServer({
    services: {
      AWSStepFunctions: (operation, input) => {
        released.push(input);
        return answerRelease(operation, input);
      },
    },
  });
});
afterEach(async () => {
  await steps.close();
  await stepFunctions.close();
});

const secret = newSecret();
const completed = JSON.stringify({ timestamp: 1, data: { task_id: 'job-1', status: 'completed' } });

async function processing(): Promise<Task> {
  const task = await placeTestOrder(steps);
  steps.upstream.reply(aPiapiTask());
  await submitToProvider({ taskId: task.id, run: 1 }, steps.submitContext);
  await steps.tasks.amend(task.id, { set: { 'attempts[0].callbackSecretHash': sha256(secret) } });
  return task;
}

function call(
  task: Task,
  overrides: { secret?: string; proof?: string; body?: string; attempt?: number } = {},
) {
  const path = {
    provider: 'piapi',
    taskId: task.id,
    attempt: overrides.attempt ?? 1,
    secret: overrides.secret ?? secret,
  };
  const headers = { 'x-webhook-secret': overrides.proof ?? callbackProof(path.secret) };
  const executions = new SFNClient({ endpoint: stepFunctions.url });
  return receiveCallback(
    path,
    { headers, body: overrides.body ?? completed },
    { ...steps.context, executions },
  );
}

const fallAsleep = (task: Task) => steps.tasks.amend(task.id, { set: { taskToken: 'sleeper-1' } });
const read = (task: Task) => steps.tasks.getTask(task.id);

describe('receiveCallback', () => {
  it('releases the sleeper and leaves word on the row', async () => {
    const task = await processing();
    await fallAsleep(task);

    expect(await call(task)).toEqual({ kind: 'rang' });
    expect(released).toEqual([{ taskToken: 'sleeper-1', output: '{}' }]);
    expect((await read(task))?.wake).toBe(steps.clock.now().toISOString());
  });

  it('leaves word for a sleeper that has not lain down yet', async () => {
    const task = await processing();

    expect(await call(task)).toEqual({ kind: 'rang' });
    expect(released).toEqual([]);
    expect((await read(task))?.wake).toBeDefined();
  });

  it('releases again, harmlessly, when the same callback comes five times', async () => {
    const task = await processing();
    await fallAsleep(task);
    answerRelease = async () => {
      if (released.length > 1) throw new AwsServiceError('TaskTimedOut', 'The task is over');
      return {};
    };

    const receipts = [];
    for (let times = 0; times < 5; times += 1) receipts.push(await call(task));

    expect(receipts).toEqual(Array.from({ length: 5 }, () => ({ kind: 'rang' })));
  });

  it.each(['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken'])('takes %s for done', async (name) => {
    const task = await processing();
    await fallAsleep(task);
    answerRelease = async () => {
      throw new AwsServiceError(name, 'Gone');
    };

    expect(await call(task)).toEqual({ kind: 'rang' });
  });

  it('believes nothing that the callback says: the provider is asked', async () => {
    const task = await processing();
    const lie = JSON.stringify({
      data: { task_id: 'job-1', status: 'completed', output: { video_url: 'http://evil' } },
    });
    await call(task, { body: lie });
    steps.upstream.reply(aPiapiTask({ status: 'processing' }));

    expect(await checkJob({ taskId: task.id, run: 1 }, steps.context)).toEqual({
      decision: 'await',
      nextLookSeconds: 5,
    });
    expect(await read(task)).toMatchObject({ state: 'processing' });
  });

  it('acknowledges and ignores a state that is not terminal', async () => {
    const task = await processing();

    expect(
      await call(task, { body: JSON.stringify({ data: { task_id: 'job-1', status: 'processing' } }) }),
    ).toEqual({ kind: 'ignored' });
    expect((await read(task))?.wake).toBeUndefined();
  });

  it('does not know a wrong secret, a wrong attempt or a wrong task', async () => {
    const task = await processing();

    expect(await call(task, { secret: newSecret() })).toEqual({ kind: 'unknown' });
    expect(await call(task, { attempt: 2 })).toEqual({ kind: 'unknown' });
    expect(await call({ ...task, id: '0de0b6b3a7640000' })).toEqual({ kind: 'unknown' });
    expect((await read(task))?.wake).toBeUndefined();
  });

  it('refuses a right path with a wrong proof', async () => {
    const task = await processing();

    expect(await call(task, { proof: 'forged' })).toEqual({ kind: 'bad_proof' });
    expect((await read(task))?.wake).toBeUndefined();
  });

  it('ignores a callback for a task that ended', async () => {
    const task = await processing();
    await steps.tasks.transition(task.id, { from: ['processing'], to: 'completed' });

    expect(await call(task)).toEqual({ kind: 'ignored' });
  });

  it('keeps the job that a callback without an end names, so that losing the last callback loses no video', async () => {
    const task = await placeTestOrder(steps);
    steps.upstream.reply('reset');
    await submitToProvider({ taskId: task.id, run: 1 }, steps.submitContext);
    await steps.tasks.amend(task.id, { set: { 'attempts[0].callbackSecretHash': sha256(secret) } });

    expect(
      await call(task, { body: JSON.stringify({ data: { task_id: 'job-1', status: 'processing' } }) }),
    ).toEqual({ kind: 'ignored' });
    steps.upstream.reply(aFinishedPiapiTask());

    expect(await checkJob({ taskId: task.id, run: 1 }, steps.context)).toEqual({ decision: 'archive' });
  });

  it('keeps, for whoever reviews the hold, the job that shows up after the task was given up', async () => {
    const task = await placeTestOrder(steps);
    steps.upstream.reply('reset');
    await submitToProvider({ taskId: task.id, run: 1 }, steps.submitContext);
    await steps.tasks.amend(task.id, { set: { 'attempts[0].callbackSecretHash': sha256(secret) } });
    await steps.tasks.transition(task.id, { from: ['processing'], to: 'failed' });

    expect(await call(task)).toEqual({ kind: 'ignored' });
    expect(await read(task)).toMatchObject({ state: 'failed', attempts: [{ hintedJobId: 'job-1' }] });
  });

  it('names the job of an attempt whose answer was lost, so that the video is found', async () => {
    const task = await placeTestOrder(steps);
    steps.upstream.reply('reset');
    await submitToProvider({ taskId: task.id, run: 1 }, steps.submitContext);
    await steps.tasks.amend(task.id, { set: { 'attempts[0].callbackSecretHash': sha256(secret) } });

    expect(await call(task)).toEqual({ kind: 'rang' });
    steps.upstream.reply(aFinishedPiapiTask());

    expect(await checkJob({ taskId: task.id, run: 1 }, steps.context)).toEqual({ decision: 'archive' });
    expect((await read(task))?.attempts).toMatchObject([{ outcome: 'accepted', jobId: 'job-1' }]);
  });
});
