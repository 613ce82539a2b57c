import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { toVideoId } from '../../../shared/ids.ts';
import { dialectOf } from '../../../shared/providers/door.ts';
import { loadDoors } from '../../../shared/providers/doors.ts';
import { readAnyId } from '../../../shared/providers/id-forms.ts';
import { type ServedApi, startApi } from '../../support/served-api.ts';

const doors = loadDoors({});
const prompt = 'Fog';

interface WayIn {
  readonly path: string;
  readonly order: object;
  readonly look: (id: string) => string;
  /** Haiper's status has none. */
  readonly showsId?: false;
}

const market: WayIn = {
  path: '/api/v1/jobs/createTask',
  order: { model: 'hailuo/02-text-to-video-standard', input: { prompt } },
  look: (id) => `/api/v1/jobs/recordInfo?taskId=${id}`,
};

/** Our own API, and every provider's. */
const ways: Readonly<Record<string, WayIn>> = {
  conch: { path: '/v1/videos', order: { prompt }, look: (id) => `/v1/videos/${id}` },
  piapi: {
    path: '/api/v1/task',
    order: { model: 'hailuo', task_type: 'video_generation', input: { model: 't2v-01', prompt } },
    look: (id) => `/api/v1/task/${id}`,
  },
  cloudsway: {
    path: '/v1/ai/t2v/hailuo/video/generate',
    order: { prompt },
    look: (id) => `/v1/ai/t2v/hailuo/video/task/${id}`,
  },
  haiper: {
    path: '/v1/ai/haiper/video/generate',
    order: { prompt, config: {}, settings: {} },
    look: (id) => `/v1/ai/haiper/video/tasks/${id}`,
    showsId: false,
  },
  apixo: {
    path: '/api/v1/generateTask/hailuo-2-3',
    order: { input: { mode: 'standard-text-to-video', prompt, duration: 6 } },
    look: (id) => `/api/v1/statusTask/hailuo-2-3?taskId=${id}`,
  },
  kie: {
    path: '/api/v1/hailuo/generate',
    order: { prompt, model: 'hailuo-2-3' },
    look: (id) => `/api/v1/hailuo/record-info?taskId=${id}`,
  },
  apikley: market,
  'kie-market': market,
};

let api: ServedApi;
let marketKey: string;
beforeAll(async () => {
  api = await startApi();
  marketKey = (await api.tables.accounts.createKey('acme', new Date(), { door: 'kie' })).text;
});
afterAll(() => api.close());

const headersOf = (way: string) => (way === 'kie-market' ? { authorization: `Bearer ${marketKey}` } : {});

function idFor(way: string, taskId: string): string {
  const door = doors.find((candidate) => dialectOf(candidate) === way);
  return door?.ids.toText(taskId) ?? toVideoId(taskId);
}

const idSchema = z.union([
  z.object({ data: z.object({ task_id: z.string() }) }).transform(({ data }) => data.task_id),
  z.object({ data: z.object({ taskId: z.string() }) }).transform(({ data }) => data.taskId),
  z.object({ taskId: z.string() }).transform(({ taskId }) => taskId),
  z.object({ id: z.string() }).transform(({ id }) => id),
]);

async function orderThrough(way: string, { path, order }: WayIn): Promise<string> {
  const { body } = await api.call({ method: 'POST', path, json: order, headers: headersOf(way) });
  return idSchema.parse(body);
}

describe.each(Object.entries(ways))('a task that was ordered through %s', (maker, wayIn) => {
  it('is read through every other by the id that its maker got, each in its own form', async () => {
    const id = await orderThrough(maker, wayIn);
    const taskId = readAnyId(id) ?? '';

    expect(id).toBe(idFor(maker, taskId));
    for (const [reader, { look, showsId = true }] of Object.entries(ways)) {
      const { status, body } = await api.call({ path: look(id), headers: headersOf(reader) });
      expect([reader, status]).toEqual([reader, 200]);
      if (showsId) expect(idSchema.parse(body)).toBe(idFor(reader, taskId));
    }
  });
});

describe('the table of ways', () => {
  it('has every door', () => {
    expect(Object.keys(ways).sort()).toEqual(['conch', ...doors.map(dialectOf)].sort());
  });
});
