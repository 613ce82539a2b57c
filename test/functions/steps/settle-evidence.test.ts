import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import * as z from 'zod';
import { type SettleContext, settleTask } from '../../../functions/steps/settle-task/settle-task.ts';
import { expiryAfter } from '../../../shared/domain/retention.ts';
import type { Task } from '../../../shared/domain/task.ts';
import { type Resolution, resolveTask } from '../../../shared/ledger/resolve.ts';
import { decisionOf } from '../../../shared/steps/decision.ts';
import { createMediaStore, type MediaStore } from '../../../shared/storage/media-store.ts';
import { requireTask } from '../../../shared/storage/task-store.ts';
import { archivedResult, changeEnded, placeArchivedEvidence, placeLateJob } from '../../support/late-job.ts';
import { startMediaBucket } from '../../support/media-bucket.ts';
import { everyDeath, mortal, untilKilled } from '../../support/mortal.ts';
import { type OrderOverrides, placeTestOrder, readMonth } from '../../support/orders.ts';
import { type Steps, startSteps } from '../../support/steps.ts';
import { webhookTools } from '../../support/webhooks.ts';

let steps: Steps;
let media: MediaStore;
let context: SettleContext;
beforeEach(async () => {
  steps = await startSteps();
  onTestFinished(() => steps.close());
  steps.clock.advance(7200);
  media = createMediaStore(await startMediaBucket());
  await media.putObject(archivedResult.key, 'film', 'video/mp4');
  context = { ...steps.submitContext, media, webhooks: webhookTools(steps) };
});

const now = () => steps.clock.now();
const read = ({ id }: Task) => requireTask(id, steps.tasks);
const settle = ({ id }: Task, overrides = context) => settleTask({ taskId: id, run: 2 }, overrides);
const month = () => readMonth(steps, 'acme');

/** Its hold was resolved before its job showed up; now the video is archived. */
async function resolvedFirst(resolution: Resolution, order: OrderOverrides = {}): Promise<Task> {
  const task = await placeLateJob(steps, order);
  await resolveTask(task, { resolution, now: now() }, steps.ledger);
  return changeEnded(steps, task, { 'attempts[0].jobId': 'job-7', result: archivedResult });
}

async function readOutbox(name: string): Promise<string | undefined> {
  const bytes = await media.getBytes(`outbox/acme/${name}`, { maxBytes: 99_999 });
  return bytes && Buffer.from(bytes).toString();
}

describe('settleTask of a late video that is archived', () => {
  it.each([
    ['is kept', () => placeArchivedEvidence(steps), { committedMicroUsd: 200_000, spentMicroUsd: 0 }],
    ['was released', () => resolvedFirst('released'), { committedMicroUsd: 0, spentMicroUsd: 0 }],
  ])('leaves it with the failed task while the hold %s', async (_, place, money) => {
    const task = await place();
    expect(await decisionOf(task, steps.context)).toEqual({ decision: 'settle' });

    await settle(task);

    const { nextDueAt, ...row } = task;
    expect(await read(task)).toEqual({ ...row, followUps: [] });
    expect(await decisionOf(await read(task), steps.context)).toEqual({ decision: 'done' });
    expect(await month()).toEqual(money);
  });

  it('publishes it when the hold was captured, and charges nothing more', async () => {
    await steps.accounts.createAccount('acme', now(), { retentionDays: 7 });
    const task = await resolvedFirst('captured');

    await settle(task);
    const published = await read(task);
    await settle(task);

    expect(published).toMatchObject({
      state: 'completed',
      result: archivedResult,
      chargeMicroUsd: 200_000,
      completedAt: now().toISOString(),
      expiresAt: expiryAfter(now(), 7),
      nextDueAt: expiryAfter(now(), 7),
      followUps: [],
      attempts: [{ outcome: 'accepted', jobId: 'job-7' }],
    });
    expect(published).not.toHaveProperty('failure');
    expect(published.attempts[0]).not.toHaveProperty('failure');
    expect(await read(task)).toEqual(published);
    expect(await month()).toEqual({ committedMicroUsd: 0, spentMicroUsd: 200_000 });
  });

  it('puts it into the outbox in place of the failure', async () => {
    const task = await resolvedFirst('captured', { outboxName: 'sea' });
    await media.putObject('outbox/acme/sea.error.json', '{}', 'application/json');

    await settle(task);

    expect(await readOutbox('sea.mp4')).toBe('film');
    expect(JSON.parse((await readOutbox('sea.result.json')) ?? '')).toMatchObject({ status: 'completed' });
    expect(await readOutbox('sea.error.json')).toBeUndefined();
    expect(await read(task)).toMatchObject({ followUps: [], nextDueAt: expiryAfter(now(), 30) });
  });

  it.each(everyDeath(5))('publishes it once when it died $when write $write', async (death) => {
    const task = await resolvedFirst('captured', { outboxName: 'sea' });
    expect(await untilKilled(settle(task, mortal(context, death)))).toBe('killed');
    expect((await read(task)).nextDueAt).toBeDefined();

    await Promise.all([settle(task), settle(task)]);

    expect(await readOutbox('sea.mp4')).toBe('film');
    expect(await read(task)).toMatchObject({ state: 'completed', followUps: [], chargeMicroUsd: 200_000 });
    expect(await month()).toEqual({ committedMicroUsd: 0, spentMicroUsd: 200_000 });
  });

  it.each(everyDeath(1))('leaves it with a failed task once when it died $when its write', async (death) => {
    const task = await placeArchivedEvidence(steps);
    expect(await untilKilled(settle(task, mortal(context, death)))).toBe('killed');

    await settle(task);

    expect(await read(task)).toMatchObject({ state: 'failed', followUps: [], result: archivedResult });
  });

  it('does neither while the job is still looked at', async () => {
    const task = await placeLateJob(steps, { row: { 'attempts[0].jobId': 'job-7' } });

    await settle(task);

    expect(await read(task)).toEqual(task);
  });
});

const metricSchema = z.looseObject({
  _aws: z.object({
    CloudWatchMetrics: z.tuple([
      z.object({
        Namespace: z.literal('Conch'),
        Dimensions: z.array(z.array(z.string())),
        Metrics: z.tuple([z.object({ Name: z.string() })]),
      }),
    ]),
  }),
  service: z.literal('conch'),
});

/** The step, with its metrics switched on, and what it counts by the dimension that the alarm watches. */
async function loadCountingStep() {
  vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'false');
  vi.resetModules();
  const counted: string[] = [];
  const output = vi.spyOn(process.stdout, 'write').mockImplementation((line) => {
    const [metric] = metricSchema.parse(JSON.parse(String(line)))._aws.CloudWatchMetrics;
    counted.push(...metric.Metrics.map(({ Name }) => Name));
    return metric.Dimensions.some((names) => names.join() === 'service');
  });
  onTestFinished(() => {
    output.mockRestore();
    vi.unstubAllEnvs();
  });
  const { settleTask: count } = await import('../../../functions/steps/settle-task/settle-task.ts');
  return { count: ({ id }: Task) => count({ taskId: id, run: 1 }, context), counted };
}

describe('the metric SubmitUnknown', () => {
  const failure = { code: 'submit_unknown', message: 'Nobody knows', charged: 'unknown' };

  it('is counted when a task ends so, and not again when its job showed up', async () => {
    const { count, counted } = await loadCountingStep();
    const { id } = await placeTestOrder(steps);
    const claimed = { number: 1, provider: 'piapi', nativeModel: 't2v-01', priceMicroUsd: 200_000 };
    const attempt = { ...claimed, claimedAt: 'then', claimId: 'claim-1', outcome: 'unknown' };
    await steps.tasks.amend(id, { set: { attempts: [attempt], failure } });

    await count(await requireTask(id, steps.tasks));
    await count(await placeArchivedEvidence(steps));

    expect(counted).toEqual(['SubmitUnknown']);
  });

  it('is counted by whoever repeats the step after its worker died, also where a job was named already', async () => {
    const { count, counted } = await loadCountingStep();

    await count(await placeLateJob(steps));

    expect(counted).toEqual(['SubmitUnknown']);
  });
});
