import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { requireOutput } from '../../infra/local/provision.ts';
import { secondsAfter, secondsBetween } from '../../shared/clock.ts';
import { createStandingStore } from '../../shared/storage/standing-store.ts';
import type { ApiResponse } from '../support/http-events.ts';
import { type InProcessGateway, startInProcessGateway } from '../support/in-process-gateway.ts';
import { readMonth } from '../support/in-process-month.ts';

const videoSchema = z.object({ id: z.string() });
const eventsSchema = z.object({ data: z.array(z.object({ type: z.string() })) });
const canceled = {
  status: 'failed',
  error: { code: 'canceled' },
  gateway: { cancel_requested: true, cost: { charged: '0.00', hold: 'released' } },
};

let gateway: InProcessGateway;
beforeAll(async () => {
  gateway = await startInProcessGateway({ jobSeconds: 180, videoBytes: 100_000 });
});
afterAll(() => gateway.close());

const order = async (provider: string, model = 'hailuo-01') => {
  const json = { prompt: 'A lighthouse at dusk', model, provider };
  return videoSchema.parse((await gateway.call({ method: 'POST', path: '/v1/videos', json })).body).id;
};
const cancel = (id: string) => gateway.call({ method: 'POST', path: `/v1/videos/${id}/cancel` });
const eventsOf = async (id: string) => {
  const { body } = await gateway.call({ path: `/v1/videos/${id}/events` });
  return eventsSchema.parse(body).data.map(({ type }) => type);
};
const jobsAt = (name: string) => gateway.simulated.get(name)?.jobs() ?? [];

/** Of the ten jobs that KIE.ai runs at once. */
async function occupyKie(places: number): Promise<void> {
  const tableName = requireOutput(gateway.stack, 'TasksTable');
  const standings = createStandingStore({ client: gateway.clients.dynamodb, tableName });
  const now = gateway.clock.now().toISOString();
  const leases = Object.fromEntries(Array.from({ length: places }, (_, place) => [`other-${place}`, now]));
  await standings.update('kie', (standing) => ({ ...standing, leases }));
}

/** Cancels when so many seconds have passed, and lets everything run to its end. */
async function cancelAfter(seconds: number, id: string): Promise<ApiResponse> {
  const answered = Promise.withResolvers<ApiResponse>();
  const at = new Date(secondsAfter(gateway.clock.now(), seconds));
  gateway.clock.schedule(at, () => void cancel(id).then(answered.resolve, answered.reject));
  await gateway.runToEnd();
  return answered.promise;
}

describe('a cancel on the injected clock', () => {
  it('is final at once for orders that wait for a place, whose execution ends and whose neighbour is served', async () => {
    const [before, start] = [await readMonth(gateway), gateway.clock.now()];
    await occupyKie(9);
    await order('kie', 'hailuo-02');
    const [waiting, next] = [await order('kie', 'hailuo-02'), await order('kie', 'hailuo-02')];

    const answer = await cancelAfter(60, waiting);

    expect(answer).toMatchObject({ status: 200, body: canceled });
    expect(jobsAt('kie')).toHaveLength(2);
    expect(await gateway.readTask(waiting)).toMatchObject({ state: 'canceled', followUps: [], attempts: [] });
    expect(await gateway.readTask(next)).toMatchObject({ state: 'completed' });
    // Nobody slept on.
    expect(secondsBetween(start, gateway.clock.now())).toBeLessThan(3600);
    expect(await eventsOf(waiting)).toEqual([
      'accepted',
      'queued',
      'cancel.requested',
      'canceled',
      'settled',
    ]);
    const after = await readMonth(gateway);
    const price = (await gateway.readTask(next)).holdMicroUsd;
    expect(after.committedMicroUsd).toBe(0);
    expect(after.spentMicroUsd - before.spentMicroUsd).toBe(2 * price);
  });

  it('ends a job that PiAPI has not begun, and answers when its hold is given back', async () => {
    const before = await readMonth(gateway);
    const id = await order('piapi');

    const answer = await cancelAfter(20, id);

    expect(answer).toMatchObject({ status: 200, body: canceled });
    expect(jobsAt('piapi').at(-1)).toMatchObject({ status: 'failed' });
    expect(await readMonth(gateway)).toEqual(before);
    expect(await eventsOf(id)).toEqual([
      'accepted',
      'attempt.claimed',
      'attempt.accepted',
      'cancel.requested',
      'attempt.failed',
      'canceled',
      'settled',
    ]);
    expect(await cancel(id)).toMatchObject({ status: 200, body: canceled });
  });

  it('lets a job run out that PiAPI works at, and charges for its video', async () => {
    const id = await order('piapi');

    const answer = await cancelAfter(60, id);

    expect(answer).toMatchObject({
      status: 200,
      body: {
        status: 'in_progress',
        gateway: { cancel_requested: true, cost: { charged: null, hold: 'held' } },
      },
    });
    expect(await gateway.readTask(id)).toMatchObject({ state: 'completed', chargeMicroUsd: 200_000 });
    expect(await cancel(id)).toMatchObject({
      status: 409,
      headers: { 'x-should-retry': 'false' },
      body: { code: 'video_ended', error: { type: 'invalid_request_error' } },
    });
  });

  it('lets a job at Cloudsway run out, which cancels nothing', async () => {
    const id = await order('cloudsway');

    const answer = await cancelAfter(1, id);

    expect(answer).toMatchObject({ body: { status: 'in_progress', gateway: { cancel_requested: true } } });
    expect(await gateway.readTask(id)).toMatchObject({ state: 'completed', chargeMicroUsd: 250_000 });
    expect(await eventsOf(id)).toContain('cancel.requested');
    expect((await readMonth(gateway)).committedMicroUsd).toBe(0);
  });
});
