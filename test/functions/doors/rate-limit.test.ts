import { beforeEach, describe, expect, it } from 'vitest';
import { type RoutesOnClock, startRoutesOnClock } from '../../support/routes-on-clock.ts';

let routes: RoutesOnClock;
beforeEach(async () => {
  routes = await startRoutesOnClock();
  return () => routes.close();
});

interface DoorCalls {
  readonly name: string;
  /** The door of a key that speaks this one. */
  readonly door?: string;
  readonly look: string;
  readonly order: { readonly path: string; readonly json: object };
  /** What the dialect says of too many requests, besides HTTP 429. */
  readonly refusal: (message: string) => object;
}

const prompt = 'A lighthouse at dusk';
const withNothing = (word: 'message' | 'msg') => (message: string) => ({
  code: 429,
  [word]: message,
  data: null,
});
const ofTheHost = (message: string) => ({ code: '429', message });
const market = {
  look: '/api/v1/jobs/recordInfo?taskId=unknown',
  order: {
    path: '/api/v1/jobs/createTask',
    json: { model: 'hailuo/02-text-to-video-pro', input: { prompt } },
  },
  refusal: withNothing('msg'),
};

const doors: readonly DoorCalls[] = [
  {
    name: 'PiAPI',
    look: '/api/v1/task/unknown',
    order: {
      path: '/api/v1/task',
      json: { model: 'hailuo', task_type: 'video_generation', input: { model: 't2v-01', prompt } },
    },
    refusal: withNothing('message'),
  },
  {
    name: 'Cloudsway',
    look: '/v1/ai/t2v/hailuo/video/task/1896852590888419329',
    order: { path: '/v1/ai/t2v/hailuo/video/generate', json: { prompt } },
    refusal: ofTheHost,
  },
  {
    name: 'Haiper',
    look: '/v1/ai/haiper/video/tasks/1896852590888419329',
    order: { path: '/v1/ai/haiper/video/generate', json: { prompt } },
    refusal: ofTheHost,
  },
  {
    name: 'Apixo',
    look: '/api/v1/statusTask/hailuo-2-3?taskId=unknown',
    order: {
      path: '/api/v1/generateTask/hailuo-2-3',
      json: { input: { mode: 'standard-text-to-video', prompt, duration: 6 } },
    },
    refusal: withNothing('message'),
  },
  {
    name: 'KIE',
    look: '/api/v1/hailuo/record-info?taskId=unknown',
    order: { path: '/api/v1/hailuo/generate', json: { prompt } },
    refusal: (message) => ({ code: 1005, message: `Rate limit exceeded: ${message}`, data: null }),
  },
  { name: 'Apikley', ...market },
  { name: "KIE's market", door: 'kie', ...market },
];

describe.each(doors)("a key with a limit of requests at $name's door", ({ door, look, order, refusal }) => {
  it('is told on a refusal what is left, and is refused in the dialect once it made them all', async () => {
    const { text: key } = await routes.newKey({ requestsPerMinute: 1, ...(door !== undefined && { door }) });

    const first = await routes.call(key, { path: look });
    const second = await routes.call(key, { method: 'POST', ...order });

    expect(first).toMatchObject({
      status: 404,
      headers: { 'ratelimit-policy': '"minute";q=1;w=60', ratelimit: '"minute";r=0;t=22' },
    });
    expect(second.status).toBe(429);
    expect(second.headers).toMatchObject({
      'ratelimit-policy': '"minute";q=1;w=60',
      ratelimit: '"minute";r=0;t=22',
      'retry-after': '22',
      'x-should-retry': 'true',
    });
    const message = 'The API key may make one request a minute, and did; try again in 22 s';
    expect(second.body).toEqual(refusal(message));
    expect(routes.started).toEqual([]);
  });

  it('orders anew when the minute has turned', async () => {
    const { text: key } = await routes.newKey({ requestsPerMinute: 1, ...(door !== undefined && { door }) });
    await routes.call(key, { path: look });
    routes.clock.advance(21.5);

    const answer = await routes.call(key, { method: 'POST', ...order });

    expect(answer).toMatchObject({ status: 200, headers: { ratelimit: '"minute";r=0;t=60' } });
    expect(routes.started).toHaveLength(1);
  });
});
