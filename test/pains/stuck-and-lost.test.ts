import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { requireOutput } from '../../infra/local/provision.ts';
import { secondsBetween } from '../../shared/clock.ts';
import { createAccountStore } from '../../shared/storage/account-store.ts';
import { openPainGateway, type PainGateway } from './pain-gateway.ts';
import { pains } from './pains.ts';

let gateway: PainGateway;
beforeAll(async () => {
  gateway = await openPainGateway();
});
afterAll(() => gateway.close());

const byCallback = { model: 'hailuo-01', provider: 'piapi' };
const polled = { model: 'hailuo-01', provider: 'cloudsway' };
const statusSchema = z.object({ status: z.string() });

describe('stuck and lost', () => {
  it(`${pains[15]}: looks end with the deadline, and a rejection ends the task`, async () => {
    gateway.breakProvider(
      'cloudsway',
      { kind: 'never_ends', promptIncludes: 'pain 15, endless' },
      { kind: 'moderate', promptIncludes: 'pain 15, rejected' },
    );
    const endless = await gateway.orderToEnd({ ...polled, prompt: 'pain 15, endless' });
    const rejected = await gateway.orderToEnd({ ...polled, prompt: 'pain 15, rejected' });
    expect(endless.failure?.code).toBe('deadline_exceeded');
    expect(secondsBetween(endless.createdAt, endless.completedAt ?? '')).toBeLessThan(21 * 60);
    expect(endless.looks).toBeLessThan(40);
    expect(rejected.failure?.code).toBe('content_rejected');
  });

  it(`${pains[16]}: the looks go on, and the video is archived`, async () => {
    gateway.breakProvider(
      'cloudsway',
      { kind: 'look_error', status: 504, times: 3, promptIncludes: 'pain 16' },
      { kind: 'truncated_video', times: 2, promptIncludes: 'pain 16' },
    );
    expect((await gateway.orderToEnd({ ...polled, prompt: 'pain 16' })).state).toBe('completed');
  });

  it(`${pains[17]}: a look finds the video without it`, async () => {
    gateway.breakProvider('piapi', { kind: 'lose_callback', promptIncludes: 'pain 17' });
    const task = await gateway.orderToEnd({ ...byCallback, prompt: 'pain 17' });
    expect(task.state).toBe('completed');
    expect(secondsBetween(task.createdAt, task.completedAt ?? '')).toBeLessThan(10 * 60);
  });

  it(`${pains[18]}: customers read four words only, whatever the provider says`, async () => {
    gateway.breakProvider('cloudsway', {
      kind: 'unknown_status',
      word: 'Rendering',
      times: 3,
      promptIncludes: 'pain 18',
    });
    const id = await gateway.order({ ...polled, prompt: 'pain 18' });
    const words = new Set<string>();
    const read = async () => {
      words.add(statusSchema.parse((await gateway.call({ path: `/v1/videos/${id}` })).body).status);
    };
    for (const seconds of [0, 60, 150, 200, 400])
      gateway.clock.schedule(new Date(gateway.clock.now().getTime() + seconds * 1000), () => void read());
    await gateway.runToEnd();
    await read();
    expect(
      [...words].filter((word) => !['queued', 'in_progress', 'completed', 'failed'].includes(word)),
    ).toEqual([]);
    expect((await gateway.readTask(id)).state).toBe('completed');
  });

  it(`${pains[19]}: another account finds nothing under the id`, async () => {
    const id = await gateway.order({ ...byCallback, prompt: 'pain 19' });
    await gateway.runToEnd();
    const tableName = requireOutput(gateway.stack, 'AccountsTable');
    const accounts = createAccountStore({ client: gateway.clients.dynamodb, tableName });
    await accounts.createAccount('rival', gateway.clock.now());
    const { text } = await accounts.createKey('rival', gateway.clock.now());
    const headers = { authorization: `Bearer ${text}` };
    for (const path of ['', '/content', '/events'])
      expect((await gateway.call({ path: `/v1/videos/${id}${path}`, headers })).status).toBe(404);
    expect((await gateway.call({ path: `/v1/videos/${id}/content` })).status).toBe(302);
  });
});
