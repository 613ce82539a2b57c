import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { requireOutput } from '../../infra/local/provision.ts';
import { secondsAfter } from '../../shared/clock.ts';
import { monthKey } from '../../shared/storage/money-counters.ts';
import {
  type InProcessGateway,
  inProcessAccount,
  startInProcessGateway,
} from '../support/in-process-gateway.ts';

const videoSchema = z.object({ id: z.string() });

let gateway: InProcessGateway;

beforeAll(async () => {
  gateway = await startInProcessGateway({ jobSeconds: 180, videoBytes: 100_000 });
});

afterAll(() => gateway.close());

async function order(provider: string): Promise<string> {
  const json = { prompt: 'A lighthouse at dusk', model: 'hailuo-01', provider };
  return videoSchema.parse((await gateway.call({ method: 'POST', path: '/v1/videos', json })).body).id;
}

async function readMonth() {
  const { Item } = await gateway.clients.dynamodb.send(
    new GetItemCommand({
      TableName: requireOutput(gateway.stack, 'AccountsTable'),
      Key: monthKey(inProcessAccount, '2026-03'),
    }),
  );
  const { committedMicroUsd, spentMicroUsd } = unmarshall(Item ?? {});
  return { committedMicroUsd, spentMicroUsd };
}

function countRuns(name: string): number {
  return gateway.invocations.filter((invocation) => invocation.name === name).length;
}

describe('the gateway on the injected clock', () => {
  it('completes a task by its callback with one look, in 7 state transitions, charged once', async () => {
    const before = await readMonth();
    const id = await order('piapi');
    await gateway.runToEnd();

    const task = await gateway.readTask(id);
    expect(task).toMatchObject({ state: 'completed', looks: 0, chargeMicroUsd: 200_000 });
    expect(task.completedAt).toBe(secondsAfter(task.createdAt, 180));
    expect(gateway.countTransitions(id)).toBe(7);
    expect(countRuns('CheckJob')).toBe(1);
    expect(countRuns('Callback')).toBe(1);
    expect(await readMonth()).toEqual(plus(before, 200_000));
  });

  it('completes a polled task in 7 looks and 25 state transitions, charged once', async () => {
    const before = await readMonth();
    const looksBefore = countRuns('CheckJob');
    const id = await order('cloudsway');
    await gateway.runToEnd();

    const task = await gateway.readTask(id);
    expect(task).toMatchObject({ state: 'completed', looks: 7, chargeMicroUsd: 250_000 });
    expect(task.completedAt).toBe(secondsAfter(task.createdAt, 180));
    expect(gateway.countTransitions(id)).toBe(25);
    expect(countRuns('CheckJob') - looksBefore).toBe(7);
    expect(await readMonth()).toEqual(plus(before, 250_000));
  });

  it('completes thirty tasks that were ordered at the same moment, each with its own job', async () => {
    const before = await readMonth();
    const ids = await Promise.all(
      Array.from({ length: 30 }, (_, index) => order(index % 2 === 0 ? 'piapi' : 'cloudsway')),
    );
    await gateway.runToEnd();

    const tasks = await Promise.all(ids.map((id) => gateway.readTask(id)));
    expect(new Set(tasks.map(({ state }) => state))).toEqual(new Set(['completed']));
    expect(new Set(tasks.map(({ attempts }) => attempts[0]?.jobId)).size).toBe(30);
    expect(await readMonth()).toEqual(plus(before, 15 * 450_000));
  });
});

function plus({ spentMicroUsd = 0 }: Awaited<ReturnType<typeof readMonth>>, charge: number) {
  return { committedMicroUsd: 0, spentMicroUsd: spentMicroUsd + charge };
}
