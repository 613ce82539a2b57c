import { expect, it, onTestFinished, vi } from 'vitest';
import { piapi } from '../../../../infra/local/simulated-providers/piapi.ts';
import { startScriptedUpstream } from '../../../support/scripted-upstream.ts';
import {
  jobSeconds,
  lookAt,
  nobodyThere,
  order,
  orderJob,
  piapiOrder,
  readTask,
  simulate,
} from './simulate.ts';

const emptyOutput = {
  percent: 0,
  cover_url: '',
  video_url: '',
  download_url: '',
  desc: '',
  prompt_img_url: '',
  status: 0,
  user_origin_prompt: false,
  width: 0,
  height: 0,
  model_id: '',
  message: '',
};
const noError = { code: 0, raw_message: '', message: '', detail: null };
const never = '0001-01-01T00:00:00Z';

it('answers an order with the whole pending task', async () => {
  const { provider } = await simulate({ dialect: piapi });
  const callback = { endpoint: nobodyThere, secret: 'proof' };

  const response = await order(provider, piapiOrder({ callback }));

  expect(await response.json()).toEqual({
    code: 200,
    message: 'success',
    data: {
      task_id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
      model: 'hailuo',
      task_type: 'video_generation',
      status: 'pending',
      config: { service_mode: 'public', webhook_config: callback },
      input: { model: 't2v-01', prompt: 'A lighthouse at dusk' },
      output: emptyOutput,
      meta: {
        created_at: '2026-03-02T10:00:00.000000000Z',
        started_at: never,
        ended_at: never,
        usage: { type: 'point', frozen: 2_000_000, consume: 0 },
        is_using_private_pool: false,
      },
      detail: null,
      logs: null,
      error: noError,
    },
  });
});

it('shows a completed task with its video, its pixels and the points that it took', async () => {
  const { provider, clock } = await simulate({ dialect: piapi });
  const input = { model: 's2v-01', prompt: 'She walks', image_url: 'https://images.example/face.jpg' };
  const jobId = await orderJob(provider, piapiOrder({ input }));
  clock.advance(jobSeconds);

  const data = await readTask(provider, jobId);

  const link = expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/videos\//);
  expect(data).toMatchObject({
    task_id: jobId,
    status: 'completed',
    config: { service_mode: 'public', webhook_config: { endpoint: '', secret: '' } },
    output: {
      ...emptyOutput,
      ...{ percent: 100, video_url: link, download_url: link, status: 2, user_origin_prompt: true },
      ...{ width: 1280, height: 720, model_id: '23001' },
    },
    meta: {
      started_at: '2026-03-02T10:00:02.000000000Z',
      ended_at: '2026-03-02T10:00:10.000000000Z',
      usage: { frozen: 0, consume: 3_000_000 },
    },
    logs: [],
    error: noError,
  });
});

it.each([
  ['v2.3', 6, 768, 2_300_000],
  ['v2.3', 10, 768, 4_500_000],
  ['v2.3', 6, 1080, 4_000_000],
  ['v2.3-fast', 6, 768, 1_600_000],
  ['v2.3-fast', 10, 768, 2_600_000],
  ['v2.3-fast', 6, 1080, 2_600_000],
])('shows a task of %s, %i s at %i, with the short output', async (model, duration, resolution, consume) => {
  const { provider, clock } = await simulate({ dialect: piapi });
  const image_url = 'https://images.example/boat.jpg';
  const input = { model, prompt: 'A boat', image_url, duration, resolution };
  const jobId = await orderJob(provider, piapiOrder({ input }));
  const [job] = provider.jobs();
  clock.advance(jobSeconds);

  const answer = await (await lookAt(provider, jobId)).json();

  const video = expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/videos\//);
  expect(answer).toMatchObject({
    data: { status: 'completed', input, output: { video }, meta: { usage: { consume } } },
  });
  expect(job?.shape.seconds).toBe(duration);
});

it.each([
  ['fail', 'generation failed'],
  ['moderate', 'the video was blocked for sensitive content'],
] as const)('shows a failed task without output and without cost on %s', async (kind, raw_message) => {
  const { provider, clock } = await simulate({ dialect: piapi });
  provider.setFaults([{ kind }]);
  const jobId = await orderJob(provider);
  clock.advance(jobSeconds);

  const data = await readTask(provider, jobId);

  expect(data).toMatchObject({
    status: 'failed',
    output: null,
    meta: { usage: { frozen: 0, consume: 0 } },
    error: { code: 10000, raw_message, message: 'task failed' },
  });
});

it('calls back with the bare task, a timestamp, and the secret verbatim in a header', async () => {
  const receiver = await startScriptedUpstream();
  onTestFinished(() => receiver.close());
  const { provider, clock } = await simulate({ dialect: piapi });
  const callback = { endpoint: `${receiver.url}/cb`, secret: 'proof of ours' };
  const jobId = await orderJob(provider, piapiOrder({ callback }));

  clock.advance(jobSeconds);
  await vi.waitFor(() => expect(receiver.requests).toHaveLength(1));

  const [request] = receiver.requests;
  const data = await readTask(provider, jobId);
  expect(request?.headers).toMatchObject({
    'x-webhook-secret': 'proof of ours',
    'content-type': 'application/json',
  });
  expect(JSON.parse(request?.body ?? '')).toEqual({ timestamp: 1_772_445_610, data });
  expect(data.config['webhook_config']).toEqual(callback);
});

const longPrompt = '🐚'.repeat(2001);
it.each<[string, unknown]>([
  ['is no JSON', 'prompt=hello'],
  ['names another model', { ...piapiOrder({}), model: 'kling' }],
  ['has no config', { ...piapiOrder({}), config: undefined }],
  ['names an unknown model of input', piapiOrder({ input: { model: 'v9', prompt: 'x' } })],
  ['lacks the prompt of a text model', piapiOrder({ input: { model: 't2v-01-director' } })],
  ['has a prompt of 2001 characters', piapiOrder({ input: { model: 't2v-01', prompt: longPrompt } })],
  ['lacks the image of an image model', piapiOrder({ input: { model: 'i2v-01-live', prompt: 'x' } })],
  ['lacks the prompt of s2v-01', piapiOrder({ input: { model: 's2v-01', image_url: 'https://a.example/' } })],
  [
    'gives an image to a text model',
    piapiOrder({ input: { model: 't2v-01', prompt: 'x', image_url: 'https://a.example/' } }),
  ],
  [
    'gives an image as a data URL',
    piapiOrder({ input: { model: 'i2v-01', image_url: 'data:image/png;base64,AAAA' } }),
  ],
  [
    'gives a duration to an older model',
    piapiOrder({ input: { model: 't2v-01', prompt: 'x', duration: 6, resolution: 768 } }),
  ],
  ['lacks the duration of a newer model', piapiOrder({ input: { model: 'v2.3', prompt: 'x' } })],
  [
    'wants 10 seconds at 1080',
    piapiOrder({ input: { model: 'v2.3', prompt: 'x', duration: 10, resolution: 1080 } }),
  ],
  [
    'gives the duration as a text',
    piapiOrder({ input: { model: 'v2.3', prompt: 'x', duration: '6', resolution: 768 } }),
  ],
  [
    'lacks the prompt of v2.3 from text',
    piapiOrder({ input: { model: 'v2.3', duration: 6, resolution: 768 } }),
  ],
  [
    'lacks the image of the fast model',
    piapiOrder({ input: { model: 'v2.3-fast', prompt: 'x', duration: 6, resolution: 768 } }),
  ],
])('refuses an order that %s', async (_name, body) => {
  const { provider } = await simulate({ dialect: piapi });

  const response = await order(provider, body);

  expect(response.status).toBe(400);
  expect(await response.json()).toEqual({ code: 400, message: expect.any(String), data: null });
  expect(provider.jobs()).toEqual([]);
});

it('accepts a prompt of 2000 code points that take two units each', async () => {
  const { provider } = await simulate({ dialect: piapi });
  const prompt = '🐚'.repeat(2000);

  expect((await order(provider, piapiOrder({ input: { model: 't2v-01', prompt } }))).status).toBe(200);
});

it('answers 401 without a key and 404 for a task that does not exist', async () => {
  const { provider } = await simulate({ dialect: piapi });

  const keyless = await fetch(`${provider.url}/api/v1/task`, { method: 'POST' });
  const absent = await lookAt(provider, 'no-such-task');

  expect(keyless.status).toBe(401);
  expect(await keyless.json()).toEqual({ code: 401, message: 'failed to verify api key', data: null });
  expect(absent.status).toBe(404);
  expect(await absent.json()).toEqual({ code: 404, message: 'task not found', data: null });
});
