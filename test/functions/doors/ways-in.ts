import * as z from 'zod';

const prompt = 'Fog';

/** How a client orders through an API, and looks. */
export interface WayIn {
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
export const ways: Readonly<Record<string, WayIn>> = {
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

export function wayThrough(dialect: string): WayIn {
  const way = ways[dialect];
  if (way === undefined) throw new Error(`There is no way in for ${dialect}`);
  return way;
}

/** The id that an answer names, of whatever API. */
export const idSchema = z.union([
  z.object({ data: z.object({ task_id: z.string() }) }).transform(({ data }) => data.task_id),
  z.object({ data: z.object({ taskId: z.string() }) }).transform(({ data }) => data.taskId),
  z.object({ taskId: z.string() }).transform(({ taskId }) => taskId),
  z.object({ id: z.string() }).transform(({ id }) => id),
]);
