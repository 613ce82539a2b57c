import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { requireOutput } from '../../infra/local/provision.ts';
import type { FaultInput } from '../../infra/local/simulated-providers/faults.ts';
import { secondsBetween } from '../../shared/clock.ts';
import type { Task } from '../../shared/domain/task.ts';
import { monthKey } from '../../shared/storage/money-counters.ts';
import {
  type InProcessGateway,
  inProcessAccount,
  startInProcessGateway,
} from '../support/in-process-gateway.ts';

interface Case {
  readonly name: string;
  readonly fault: FaultInput;
  readonly held: number;
  readonly spent: number;
  /** Within which it is over. */
  readonly minutes: number;
  readonly ending: object;
}

const price = 200_000;
const unknown = {
  held: price,
  spent: 0,
  minutes: 20,
  ending: { state: 'failed', failure: { code: 'submit_unknown', charged: 'unknown' } },
};
const completed = { held: 0, spent: price, ending: { state: 'completed', chargeMicroUsd: price } };

/** Faults that last longer than a test may, on a clock that jumps. */
const cases: readonly Case[] = [
  { name: 'an order whose connection breaks', fault: { kind: 'drop_before_accepting' }, ...unknown },
  { name: 'an order answered with 500', fault: { kind: 'create_error', status: 500 }, ...unknown },
  { name: 'an order answered with 504', fault: { kind: 'create_error', status: 504 }, ...unknown },
  { name: 'an order answered with a page', fault: { kind: 'create_html' }, ...unknown },
  {
    name: 'a download that breaks off twice',
    fault: { kind: 'truncated_video', times: 2 },
    minutes: 3.5,
    ...completed,
  },
  {
    name: 'a status that is down for a dozen looks',
    fault: { kind: 'look_error', status: 503, times: 12 },
    minutes: 20,
    ...completed,
  },
  {
    name: 'a video that never is one',
    fault: { kind: 'not_a_video' },
    held: 0,
    spent: price,
    minutes: 6 * 60 + 10,
    ending: { state: 'failed', failure: { code: 'archive_failed', charged: 'yes' }, chargeMicroUsd: price },
  },
];

const videoSchema = z.object({ id: z.string() });

let gateway: InProcessGateway;
beforeAll(async () => {
  gateway = await startInProcessGateway({ jobSeconds: 180, videoBytes: 100_000 });
});
afterAll(() => gateway.close());

describe('at a provider', () => {
  it.each(cases)(
    '$name ends $ending.state with $held held and $spent spent, within $minutes minutes',
    async (row) => {
      const before = await readMonth();
      const piapi = gateway.simulated.get('piapi');
      piapi?.setFaults([row.fault]);
      const ordersBefore = piapi?.createRequests() ?? 0;
      const task = await orderAndRun();

      expect(task).toMatchObject(row.ending);
      expect(secondsBetween(task.createdAt, task.completedAt ?? '')).toBeLessThanOrEqual(
        row.minutes * 60 + 1,
      );
      expect(await readMonth()).toEqual({
        committedMicroUsd: before.committedMicroUsd + row.held,
        spentMicroUsd: before.spentMicroUsd + row.spent,
      });
      expect(piapi?.createRequests()).toBe(ordersBefore + 1);
    },
  );
});

async function orderAndRun(): Promise<Task> {
  const json = { prompt: 'A lighthouse at dusk', provider: 'piapi' };
  const { body } = await gateway.call({ method: 'POST', path: '/v1/videos', json });
  await gateway.runToEnd();
  return gateway.readTask(videoSchema.parse(body).id);
}

async function readMonth() {
  const { Item } = await gateway.clients.dynamodb.send(
    new GetItemCommand({
      TableName: requireOutput(gateway.stack, 'AccountsTable'),
      Key: monthKey(inProcessAccount, gateway.clock.now().toISOString().slice(0, 7)),
    }),
  );
  const { committedMicroUsd = 0, spentMicroUsd = 0 } = unmarshall(Item ?? {});
  return { committedMicroUsd, spentMicroUsd };
}
