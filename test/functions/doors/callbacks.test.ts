import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { deliverWebhook } from '../../../functions/steps/deliver-webhook/deliver-webhook.ts';
import { canceledOnRequest, type Failure } from '../../../shared/domain/job-progress.ts';
import type { Task, TerminalState } from '../../../shared/domain/task.ts';
import { dialectOf } from '../../../shared/providers/door.ts';
import { loadDoors } from '../../../shared/providers/doors.ts';
import { readAnyId } from '../../../shared/providers/id-forms.ts';
import { createDeliveries, type Deliveries } from '../../support/deliveries.ts';
import { type ServedApi, startApi } from '../../support/served-api.ts';
import { storeTask } from '../../support/stored-tasks.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../../support/webhook-receiver.ts';

let receiver: WebhookReceiver;
let api: ServedApi;
let deliveries: Deliveries;
beforeAll(async () => {
  receiver = await startWebhookReceiver();
  api = await startApi({ CONCH_TRUSTED_ORIGINS: receiver.url });
});
afterAll(() => Promise.all([receiver.close(), api.close()]));
beforeEach(() => {
  receiver.received.length = 0;
  receiver.answerWith({ status: 200 });
  deliveries = createDeliveries(api.tables, receiver);
});

/** What a door is told of, with its own id and the link to the video. */
interface Shown {
  readonly id: string;
  readonly link: string;
  readonly url: string;
}

interface CallbackDialect {
  readonly path: string;
  readonly isMarketOfKie?: boolean;
  readonly order: (url: string) => object;
  readonly headers?: Readonly<Record<string, string>>;
  readonly completed: (shown: Shown) => object;
  /** For a failure of this message. */
  readonly failed: (shown: Shown, reason: string) => object;
}

const prompt = 'Fog';
const createdAt = '2026-03-02T10:14:02.000Z';
const completedAt = '2026-03-02T10:15:40.000Z';
const createTime = 1_772_446_442_000;
const completeTime = 1_772_446_540_000;
const resultJson = (link: string) => JSON.stringify({ resultUrls: [link] });

const piapiInput = { model: 't2v-01', prompt };
const piapiTask = ({ id, url }: Shown) => ({
  task_id: id,
  model: 'hailuo',
  task_type: 'video_generation',
  config: { service_mode: 'public', webhook_config: { endpoint: url, secret: 'shh' } },
  input: piapiInput,
  meta: {
    created_at: '2026-03-02T10:14:02.000000000Z',
    started_at: '0001-01-01T00:00:00Z',
    ended_at: '2026-03-02T10:15:40.000000000Z',
    usage: { type: 'point', frozen: 0, consume: 2_000_000 },
    is_using_private_pool: false,
  },
  detail: null,
  logs: [],
});
const piapiOutput = (link: string) => ({
  ...{ percent: 100, cover_url: '', video_url: link, download_url: link, desc: '', prompt_img_url: '' },
  ...{ status: 2, user_origin_prompt: true, width: 1280, height: 720, model_id: '23001', message: '' },
});
const apixo = (data: object) => ({ code: 200, message: 'success', data });

const model = 'hailuo/02-text-to-video-standard';
const market: CallbackDialect = {
  path: '/api/v1/jobs/createTask',
  order: (callBackUrl) => ({ model, callBackUrl, input: { prompt } }),
  completed: ({ id, link, url }) => ({
    code: 200,
    msg: 'The task is in the state success',
    data: {
      ...{ taskId: id, model, state: 'success', resultJson: resultJson(link), failCode: null, failMsg: null },
      param: JSON.stringify({ model, input: { prompt }, callBackUrl: url }),
      ...{ createTime, completeTime, costTime: 98 },
    },
  }),
  failed: ({ id, url }, failMsg) => ({
    code: 501,
    msg: 'The task is in the state fail',
    data: {
      ...{ taskId: id, model, state: 'fail', resultJson: null, failCode: '501', failMsg },
      param: JSON.stringify({ model, input: { prompt }, callBackUrl: url }),
      ...{ createTime, completeTime, costTime: 98 },
    },
  }),
};

const dialects: Readonly<Record<string, CallbackDialect>> = {
  piapi: {
    path: '/api/v1/task',
    order: (endpoint: string) => ({
      ...{ model: 'hailuo', task_type: 'video_generation', input: piapiInput },
      config: { webhook_config: { endpoint, secret: 'shh' } },
    }),
    headers: { 'x-webhook-secret': 'shh' },
    completed: (shown: Shown) => ({
      timestamp: expect.any(Number),
      data: {
        ...{ ...piapiTask(shown), status: 'completed', output: piapiOutput(shown.link) },
        error: { code: 0, raw_message: '', message: '', detail: null },
      },
    }),
    failed: (shown: Shown, reason: string) => ({
      timestamp: expect.any(Number),
      data: {
        ...{ ...piapiTask(shown), status: 'failed', output: null },
        error: { code: 10_000, raw_message: reason, message: 'task failed', detail: null },
      },
    }),
  },
  apixo: {
    path: '/api/v1/generateTask/hailuo-2-3',
    order: (callback_url: string) => ({
      ...{ request_type: 'callback', callback_url },
      input: { mode: 'standard-text-to-video', prompt, duration: 6 },
    }),
    completed: ({ id, link }: Shown) =>
      apixo({
        ...{ taskId: id, state: 'success', resultJson: resultJson(link) },
        ...{ createTime, completeTime, costTime: 98_000 },
      }),
    failed: ({ id }: Shown, failMsg: string) =>
      apixo({ taskId: id, state: 'failed', failCode: expect.any(String), failMsg }),
  },
  kie: {
    path: '/api/v1/hailuo/generate',
    order: (callBackUrl: string) => ({ prompt, model: 'hailuo-2-3', callBackUrl }),
    completed: ({ id, link }: Shown) => ({
      ...{ taskId: id, status: 1, videoUrl: link, duration: 6 },
      completedAt: '2026-03-02T10:15:40Z',
    }),
    failed: ({ id }: Shown, errorMessage: string) => ({
      ...{ taskId: id, status: 2, completedAt: '2026-03-02T10:15:40Z', errorMessage },
    }),
  },
  apikley: market,
  'kie-market': { ...market, isMarketOfKie: true },
};

const url = () => `${receiver.url}/hook?token=t`;

const result = { key: 'videos/a.mp4', bytes: 9, sha256: 'f'.repeat(64), width: 1280, height: 720 };
const failure: Failure = { code: 'generation_failed', message: 'It did not work', charged: 'no' };
const ends: Readonly<Record<TerminalState, Partial<Task>>> = {
  completed: { result, expiresAt: '2999-01-01T00:00:00.000Z' },
  failed: { failure },
  canceled: { failure: canceledOnRequest },
};

const namedSchema = z.union([z.object({ taskId: z.string() }), z.object({ task_id: z.string() })]);

/** Orders through the door and lets the task end so. */
async function placeEnded({ path, order, isMarketOfKie }: CallbackDialect, state: TerminalState) {
  const headers = isMarketOfKie ? { authorization: `Bearer ${api.keys.kieMarket}` } : {};
  const { body } = await api.call({ method: 'POST', path, json: order(url()), headers });
  const [id = ''] = Object.values(z.object({ data: namedSchema }).parse(body).data);
  const accepted = await api.tables.tasks.getTaskView(readAnyId(id) ?? '');
  if (accepted === undefined) throw new Error('Nothing was ordered');
  const { request } = accepted;
  const ended = { state, createdAt, completedAt, chargeMicroUsd: 200_000, ...ends[state] };
  const task = await storeTask(api.tables, { ...accepted.task, ...ended }, { request });
  const link = `https://conch.test/v/${task.id}/${task.linkSecret}.mp4`;
  return { view: { task, request }, shown: { id, link, url: url() } };
}

const callbacks = () =>
  receiver.received.map(({ path, headers, body }) => ({ path, headers, body: JSON.parse(body) }));

describe.each(Object.entries(dialects))('the callback of an order at the door of %s', (_, dialect) => {
  it.each([
    ['completed', dialect.completed],
    ['failed', (shown: Shown) => dialect.failed(shown, failure.message)],
    ['canceled', (shown: Shown) => dialect.failed(shown, canceledOnRequest.message)],
  ] as const)(
    "of a task that is %s has the dialect's own body, and no other proof",
    async (state, toBody) => {
      const { view, shown } = await placeEnded(dialect, state);

      await deliveries.deliver(await deliveries.announce(view));

      expect(callbacks()).toEqual([
        {
          path: '/hook?token=t',
          headers: expect.objectContaining({ 'content-type': 'application/json', ...dialect.headers }),
          body: toBody(shown),
        },
      ]);
      expect(receiver.received[0]?.headers).not.toHaveProperty('webhook-signature');
    },
  );

  it('is tried again as any webhook is, and leaves the task as it was', async () => {
    receiver.answerWith({ status: 503, headers: { 'retry-after': '60' } });
    const { view, shown } = await placeEnded(dialect, 'completed');
    const input = await deliveries.announce(view);

    const first = await deliverWebhook(input, deliveries.context);
    receiver.answerWith({ status: 200 });
    deliveries.clock.advance(60);
    await deliveries.deliver(input);

    expect(first).toEqual({ decision: 'wait', waitSeconds: 60 });
    expect(callbacks().map(({ body }) => body)).toEqual([dialect.completed(shown), dialect.completed(shown)]);
    expect(await api.tables.tasks.getTaskView(view.task.id)).toEqual(view);
  });
});

describe('the table of callbacks', () => {
  it('has every API that calls back', () => {
    const callers = loadDoors({}).filter(({ callbackMessage }) => callbackMessage !== undefined);
    expect(callers.map(dialectOf).sort()).toEqual(Object.keys(dialects).sort());
  });
});
