import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { HeadObjectCommand } from '@aws-sdk/client-s3';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { describe, expect, it, onTestFinished } from 'vitest';
import * as z from 'zod';
import { requireOutput } from '../../infra/local/provision.ts';
import { secondsAfter } from '../../shared/clock.ts';
import { resolveTask } from '../../shared/ledger/resolve.ts';
import type { ApiResponse } from '../support/http-events.ts';
import { readMonth } from '../support/in-process-month.ts';
import { type OldGateway, type OldRowsOptions, startGatewayOn } from '../support/old-rows.ts';

/** What becomes of each row that the first version left; what was charged is what it held. */
const endings = {
  'accepted-unsent': 'completed 200000',
  'claimed-unsent': 'submit_unknown undefined',
  'claimed-sent': 'completed 200000',
  'asleep-for-callback': 'completed 200000',
  'asleep-between-looks': 'completed 250000',
  woken: 'completed 200000',
  unknown: 'completed 200000',
  'unknown-hinted': 'completed 200000',
  archiving: 'completed 200000',
  'archived-unsettled': 'completed 200000',
  'failed-unsettled': 'generation_failed 0',
  'refused-unsettled': 'provider_balance 0',
  completed: 'completed 200000',
  'completed-undelivered': 'completed 200000',
  failed: 'generation_failed 0',
};
const names = Object.keys(endings);
const captured = 10 * 200_000 + 250_000;
const videoSchema = z.object({ id: z.string() });

async function start(rows: readonly string[], options?: OldRowsOptions): Promise<OldGateway> {
  const gateway = await startGatewayOn(rows, options);
  onTestFinished(() => gateway.close());
  return gateway;
}

async function runToEnd(gateway: OldGateway): Promise<void> {
  gateway.sweepUntilDone();
  await gateway.runToEnd();
}

const idOf = ({ ids }: OldGateway, name: string) => ids.get(name) ?? '';

async function endingOf(gateway: OldGateway, name: string): Promise<string> {
  const { state, failure, chargeMicroUsd } = await gateway.readTask(idOf(gateway, name));
  return `${failure?.code ?? state} ${chargeMicroUsd}`;
}

async function endingsOf(gateway: OldGateway): Promise<Record<string, string>> {
  const all = names.map(async (name) => [name, await endingOf(gateway, name)] as const);
  return Object.fromEntries(await Promise.all(all));
}

/** The sort keys of all counters: of months alone, as long as nobody books an old row on a day or a key. */
async function counterNames({ clients, stack }: OldGateway): Promise<string[]> {
  const command = new ScanCommand({ TableName: requireOutput(stack, 'AccountsTable') });
  const { Items = [] } = await clients.dynamodb.send(command);
  const counters = Items.map((item) => unmarshall(item)).filter((item) => 'committedMicroUsd' in item);
  return counters.map(({ sk }) => String(sk));
}

const jobsFor = ({ simulated }: OldGateway) =>
  [...simulated.values()].flatMap((provider) => provider.jobs().map(({ prompt }) => prompt));
const countCreates = ({ simulated }: OldGateway) =>
  [...simulated.values()].reduce((sum, provider) => sum + provider.createRequests(), 0);
const post = (gateway: OldGateway, path: string, json?: object) =>
  gateway.call({ method: 'POST', path: `/v1/videos${path}`, ...(json !== undefined && { json }) });

describe('rows of the first version', () => {
  it.each([
    ['while their executions go on', false],
    ['found by the sweeper alone', true],
  ])('all end %s, each with one job and what it held', { timeout: 60_000 }, async (_, areExecutionsLost) => {
    const gateway = await start(names, { areExecutionsLost });
    await runToEnd(gateway);

    expect(await endingsOf(gateway)).toEqual(endings);
    expect(await readMonth(gateway)).toEqual({ committedMicroUsd: 200_000, spentMicroUsd: captured });
    expect(await counterNames(gateway)).toEqual(['MONTH#2026-03']);
    // Only what had not been sent is sent, and no order has a second job.
    expect(countCreates(gateway)).toBe(1);
    expect(new Set(jobsFor(gateway)).size).toBe(jobsFor(gateway).length);
    const delivered = { Bucket: gateway.stack.bucket, Key: 'outbox/acme/completed-undelivered.mp4' };
    expect(await gateway.clients.s3.send(new HeadObjectCommand(delivered))).toMatchObject({
      ContentLength: expect.any(Number),
    });
  });

  it('is woken by the callback that the first version asked for', async () => {
    const gateway = await start(['asleep-for-callback']);
    await gateway.runFor(125);

    expect(await gateway.readTask(idOf(gateway, 'asleep-for-callback'))).toMatchObject({
      state: 'completed',
      looks: 0,
      attempts: [{ nativeModel: 't2v-01', priceMicroUsd: 200_000 }],
    });
  });

  it('are listed, shown and added up, without what their rows never knew', async () => {
    const gateway = await start(names, { areExecutionsLost: true });

    const list = await gateway.call({ path: '/v1/videos?limit=100' });
    const listed = z
      .object({ data: z.array(videoSchema) })
      .parse(list.body)
      .data.map(({ id }) => id);
    expect(listed.toSorted()).toEqual([...gateway.ids.values()].toSorted());
    for (const id of listed) {
      expect(await gateway.call({ path: `/v1/videos/${id}` })).toMatchObject({ status: 200 });
      expect(await gateway.call({ path: `/v1/videos/${id}/events` })).toMatchObject({ status: 200 });
    }
    const usage = await gateway.call({ path: '/v1/usage?from=2026-03-01&to=2026-04-01&group_by=key' });
    const sums = { charged: '0.40', held: '2.45', unknown: '0.00', tasks: 15 };
    expect(usage).toMatchObject({ status: 200, body: { total: sums, data: [{ group: 'none', ...sums }] } });
  });

  it('are what their orders find that are repeated under the same key', async () => {
    const gateway = await start(['accepted-unsent', 'completed']);
    for (const name of gateway.ids.keys()) {
      const json = { model: 'hailuo-01', prompt: `A lighthouse at dusk: ${name}`, provider: 'piapi' };
      const headers = { 'idempotency-key': name };
      const repeated = await gateway.call({ method: 'POST', path: '/v1/videos', json, headers });
      expect(repeated).toMatchObject({ status: 200, body: { id: idOf(gateway, name) } });
    }
    expect((await readMonth(gateway)).committedMicroUsd).toBe(200_000);
  });

  it('are canceled: what was not sent at once, and a job that its provider goes on with is paid', async () => {
    const gateway = await start(['accepted-unsent', 'asleep-for-callback'], { areExecutionsLost: true });
    const at = new Date(secondsAfter(gateway.clock.now(), 1));
    const answers = [...gateway.ids.values()].map((id) => {
      const { promise, resolve, reject } = Promise.withResolvers<ApiResponse>();
      // The answer waits for the provider, on the clock.
      gateway.clock.schedule(at, () => void post(gateway, `/${id}/cancel`).then(resolve, reject));
      return promise;
    });
    await runToEnd(gateway);

    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200]);
    expect(await endingOf(gateway, 'accepted-unsent')).toBe('canceled 0');
    expect(await endingOf(gateway, 'asleep-for-callback')).toBe('completed 200000');
    expect(countCreates(gateway)).toBe(0);
    expect(await readMonth(gateway)).toEqual({ committedMicroUsd: 0, spentMicroUsd: 200_000 });
  });

  it('are retried, remixed and deleted', async () => {
    const gateway = await start(['completed', 'failed']);
    const [completed, failed] = [idOf(gateway, 'completed'), idOf(gateway, 'failed')];
    const retried = await post(gateway, `/${failed}/retry`);
    const remixed = await post(gateway, `/${completed}/remix`, { prompt: 'The lighthouse at dawn' });
    const removed = await gateway.call({ method: 'DELETE', path: `/v1/videos/${completed}` });
    await runToEnd(gateway);

    expect([retried, remixed, removed].map(({ status }) => status)).toEqual([200, 200, 200]);
    for (const { body } of [retried, remixed])
      expect(await gateway.readTask(videoSchema.parse(body).id)).toMatchObject({ state: 'completed' });
    expect(await gateway.readTask(failed)).toMatchObject({ retriedBy: expect.any(String) });
    expect(await gateway.readTask(completed)).toMatchObject({ chargeMicroUsd: 200_000, followUps: [] });
    expect(await gateway.call({ path: `/v1/videos/${completed}/content` })).toMatchObject({ status: 404 });
    expect(await readMonth(gateway)).toEqual({ committedMicroUsd: 0, spentMicroUsd: 600_000 });
  });

  it('is completed after its end where its job shows up late and its hold is captured', async () => {
    const gateway = await start(['submit-unknown'], { areExecutionsLost: true });
    const id = idOf(gateway, 'submit-unknown');
    expect(await readMonth(gateway)).toEqual({ committedMicroUsd: 200_000, spentMicroUsd: 0 });
    // The callback is two hours late.
    await gateway.runToEnd();
    await runToEnd(gateway);
    const tables = {
      client: gateway.clients.dynamodb,
      tasksTableName: requireOutput(gateway.stack, 'TasksTable'),
      accountsTableName: requireOutput(gateway.stack, 'AccountsTable'),
    };
    const resolving = { resolution: 'captured', now: gateway.clock.now() } as const;
    await resolveTask(await gateway.readTask(id), resolving, tables);

    expect(await endingOf(gateway, 'submit-unknown')).toBe('completed 200000');
    expect(await readMonth(gateway)).toEqual({ committedMicroUsd: 0, spentMicroUsd: 200_000 });
    expect(await counterNames(gateway)).toEqual(['MONTH#2026-03']);
  });
});
