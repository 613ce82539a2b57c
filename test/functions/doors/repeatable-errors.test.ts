import { beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { readAnyId } from '../../../shared/providers/id-forms.ts';
import { type RoutesOnClock, startRoutesOnClock } from '../../support/routes-on-clock.ts';

let routes: RoutesOnClock;
let key: string;
beforeEach(async () => {
  routes = await startRoutesOnClock();
  key = (await routes.newKey()).text;
  return () => routes.close();
});

const order = (prompt: string, headers: Record<string, string> = {}) => ({
  method: 'POST',
  path: '/api/v1/task',
  json: { model: 'hailuo', task_type: 'video_generation', input: { model: 't2v-01', prompt } },
  headers,
});
const never = (): never => {
  throw new Error('broken');
};
const broken = async () => never();

describe('an order at a door', () => {
  it('that cannot be shown once it was accepted is answered with its id', async () => {
    const now = () => (routes.started.length === 0 ? routes.clock.now() : never());

    const answer = await routes.call(key, order('A lighthouse'), { clock: { now } });

    expect(answer).toMatchObject({ status: 200, body: { code: 200, data: { status: 'pending' } } });
    const { data } = z.object({ data: z.object({ task_id: z.string() }) }).parse(answer.body);
    expect(routes.started).toMatchObject([{ taskId: readAnyId(data.task_id) }]);
  });

  it.each([
    ['with nothing that marks repeats is final', {}, 'false'],
    ['with an Idempotency-Key may be repeated', { 'idempotency-key': 'k' }, undefined],
    ['with a count may be repeated', { 'x-stainless-retry-count': '0' }, undefined],
  ])('that broke %s', async (_, headers, expected) => {
    const answer = await routes.call(key, order('A lighthouse', headers), { clock: { now: never } });

    expect([answer.status, answer.headers['x-should-retry']]).toEqual([500, expected]);
  });
});

describe('what a client repeats at a door', () => {
  it.each([
    ['a look', { path: '/api/v1/task/video_331ac6c1e3d7ead4' }],
    [
      'a link',
      {
        method: 'POST',
        path: '/api/v1/common/download-url',
        json: { url: 'https://conch.test/v/331ac6c1e3d7ead4/secret.mp4' },
      },
    ],
  ])('may be %s that broke: it buys nothing', async (_, call) => {
    const { tasks } = routes.tables;
    const answer = await routes.call(key, call, { tasks: { ...tasks, getTaskView: broken } });

    expect(answer.status).toBe(500);
    expect(answer.headers).not.toHaveProperty('x-should-retry');
  });

  it('is not the key of another order', async () => {
    const headers = { 'idempotency-key': 'k' };
    await routes.call(key, order('A lighthouse', headers));

    const answer = await routes.call(key, order('A harbour', headers));

    expect(answer).toMatchObject({ status: 409, headers: { 'x-should-retry': 'false' } });
  });
});
