import { createHash } from 'node:crypto';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { requireOutput } from '../../infra/local/provision.ts';
import { fromVideoId } from '../../shared/ids.ts';
import { resolveTask } from '../../shared/ledger/resolve.ts';
import {
  type InProcessGateway,
  inProcessAccount,
  startInProcessGateway,
} from '../support/in-process-gateway.ts';
import { readMonth } from '../support/in-process-month.ts';

const price = 200_000;
const order = { prompt: 'A lighthouse at dusk', model: 'hailuo-01', provider: 'piapi' };
const videoSchema = z.object({ id: z.string() });
const listSchema = z.object({ data: z.tuple([videoSchema]) });

let gateway: InProcessGateway;
beforeAll(async () => {
  gateway = await startInProcessGateway({ jobSeconds: 180, videoBytes: 100_000 });
  // The answer is lost, and five callbacks come at once when the order was given up long ago.
  gateway.simulated
    .get('piapi')
    ?.setFaults([
      { kind: 'drop_after_accepting' },
      { kind: 'delay_callback', seconds: 3600 },
      { kind: 'duplicate_callback' },
    ]);
});
afterAll(() => gateway.close());

/** What an operator says, as the command does. */
async function capture(videoId: string) {
  const tables = {
    client: gateway.clients.dynamodb,
    tasksTableName: requireOutput(gateway.stack, 'TasksTable'),
    accountsTableName: requireOutput(gateway.stack, 'AccountsTable'),
  };
  const resolving = { resolution: 'captured', now: gateway.clock.now() } as const;
  return resolveTask(await gateway.readTask(videoId), resolving, tables);
}

const content = (videoId: string) => gateway.call({ path: `/v1/videos/${videoId}/content` });
const jobs = () => gateway.simulated.get('piapi')?.jobs() ?? [];

async function readBytes(key: string): Promise<Uint8Array | undefined> {
  const command = new GetObjectCommand({ Bucket: gateway.stack.bucket, Key: key });
  return (await gateway.clients.s3.send(command)).Body?.transformToByteArray();
}

describe('a job that shows up after its order was given up', () => {
  it('is archived as evidence, and is its customer’s video once its hold is captured', async () => {
    const before = await readMonth(gateway);
    const created = await gateway.call({ method: 'POST', path: '/v1/videos', json: order });
    const { id } = videoSchema.parse(created.body);
    // Until the callbacks have come; nobody sweeps yet.
    await gateway.runToEnd();
    expect(await gateway.readTask(id)).toMatchObject({ state: 'failed', run: 1, followUps: ['evidence'] });

    gateway.sweepUntilDone();
    await gateway.runToEnd();

    const [job] = jobs();
    const archived = await gateway.readTask(id);
    expect(jobs()).toHaveLength(1);
    expect(archived).toMatchObject({
      state: 'failed',
      run: 2,
      failure: { code: 'submit_unknown' },
      followUps: [],
      attempts: [{ jobId: job?.id, reportedCostMicroUsd: price }],
    });
    expect((await content(id)).status).toBe(409);
    expect(await readMonth(gateway)).toEqual({ ...before, committedMicroUsd: price });

    expect(await capture(id)).toBe('published');

    const { status, headers } = await content(id);
    const file = await fetch(headers['location'] ?? '');
    const sha256 = createHash('sha256')
      .update(await file.bytes())
      .digest('hex');
    expect([status, sha256]).toEqual([302, archived.result?.sha256]);
    expect(await readMonth(gateway)).toEqual({
      committedMicroUsd: 0,
      spentMicroUsd: before.spentMicroUsd + price,
    });
  });

  it('is published and delivered by itself when its hold was captured before', async () => {
    const before = await readMonth(gateway);
    const key = `inbox/${inProcessAccount}/sea.json`;
    const command = new PutObjectCommand({
      Bucket: gateway.stack.bucket,
      Key: key,
      Body: JSON.stringify(order),
    });
    await gateway.clients.s3.send(command);
    await gateway.takeInFile(key);
    const { data } = listSchema.parse((await gateway.call({ path: '/v1/videos?limit=1' })).body);
    const [{ id }] = data;
    await gateway.runFor(1300);
    expect(await capture(id)).toBe('resolved');

    await gateway.runToEnd();
    gateway.sweepUntilDone();
    await gateway.runToEnd();

    expect(await gateway.readTask(id)).toMatchObject({
      state: 'completed',
      followUps: [],
      chargeMicroUsd: price,
    });
    expect((await content(id)).status).toBe(302);
    expect(await readBytes(`outbox/${inProcessAccount}/sea.mp4`)).toEqual(
      await readBytes(`videos/${fromVideoId(id)}.mp4`),
    );
    expect(await readMonth(gateway)).toEqual({
      committedMicroUsd: 0,
      spentMicroUsd: before.spentMicroUsd + price,
    });
  });
});
