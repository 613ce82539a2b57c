import { expect, it, onTestFinished, vi } from 'vitest';
import * as z from 'zod';
import { apixo } from '../../../../infra/local/simulated-providers/apixo.ts';
import type { SimulatedProvider } from '../../../../infra/local/simulated-providers/simulated-provider.ts';
import { startScriptedUpstream } from '../../../support/scripted-upstream.ts';
import { apiKey, jobSeconds, nobodyThere, simulate } from './simulate.ts';

const headers = { authorization: `Bearer ${apiKey}` };
const fast = 'hailuo-2-3-fast';
const both = 'hailuo-2-3';
const text = { mode: 'standard-text-to-video', prompt: 'A lighthouse at dusk', duration: 6 };
const image = {
  mode: 'standard-image-to-video',
  prompt: 'The portrait smiles',
  image_urls: ['https://images.example/face.jpg'],
  duration: 6,
};

function order(provider: SimulatedProvider, body: unknown, model = both): Promise<Response> {
  return fetch(`${provider.url}/api/v1/generateTask/${model}`, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  });
}

async function orderJob(provider: SimulatedProvider, body: unknown = { input: text }): Promise<string> {
  const created = await (await order(provider, body)).json();
  return z.object({ data: z.object({ taskId: z.string() }) }).parse(created).data.taskId;
}

function lookAt(provider: SimulatedProvider, taskId: string, model = both): Promise<Response> {
  return fetch(`${provider.url}/api/v1/statusTask/${model}?taskId=${taskId}`, { headers });
}

const acceptedAt = Date.parse('2026-03-02T10:00:00Z');

it('answers an order with nothing but an id in an envelope', async () => {
  const { provider } = await simulate({ dialect: apixo });

  const response = await order(provider, { request_type: 'async', provider: 'value', input: text });

  const data = { taskId: expect.stringMatching(/^task_[0-9a-f]{16}$/) };
  expect(await response.json()).toEqual({ code: 200, message: 'success', data });
});

it('shows each state, and the video as JSON within JSON', async () => {
  const { provider, clock } = await simulate({ dialect: apixo });
  const taskId = await orderJob(provider);
  const look = async () =>
    z.object({ data: z.looseObject({}) }).parse(await (await lookAt(provider, taskId)).json()).data;

  expect(await look()).toEqual({ taskId, state: 'pending', createTime: acceptedAt });
  clock.advance(jobSeconds / 2);
  expect(await look()).toEqual({ taskId, state: 'processing', createTime: acceptedAt });
  clock.advance(jobSeconds / 2);
  expect(await look()).toEqual({
    taskId,
    state: 'success',
    resultJson: expect.stringMatching(/^\{"resultUrls":\["http:\/\/127\.0\.0\.1:\d+\/videos\/[^"]+"\]\}$/),
    createTime: acceptedAt,
    completeTime: acceptedAt + jobSeconds * 1000,
    costTime: jobSeconds * 1000,
  });
});

it.each([
  ['moderate', 'CONTENT_VIOLATION'],
  ['fail', 'GENERATION_FAILED'],
] as const)('shows a failed task with the code 200 on %s', async (kind, failCode) => {
  const { provider, clock } = await simulate({ dialect: apixo });
  provider.setFaults([{ kind }]);
  const taskId = await orderJob(provider);
  clock.advance(jobSeconds);

  const response = await lookAt(provider, taskId);

  const data = { taskId, state: 'failed', failCode, failMsg: expect.any(String) };
  expect(await response.json()).toEqual({ code: 200, message: 'success', data });
});

it('shows an empty list of URLs on success_without_url', async () => {
  const { provider, clock } = await simulate({ dialect: apixo });
  provider.setFaults([{ kind: 'success_without_url', times: 1 }]);
  const taskId = await orderJob(provider);
  clock.advance(jobSeconds);

  const response = await lookAt(provider, taskId);

  expect(await response.json()).toMatchObject({
    data: { state: 'success', resultJson: '{"resultUrls":[]}' },
  });
});

it('shows an unknown state alone', async () => {
  const { provider, clock } = await simulate({ dialect: apixo });
  provider.setFaults([{ kind: 'unknown_status', word: 'resting' }]);
  const taskId = await orderJob(provider);
  clock.advance(jobSeconds);

  const response = await lookAt(provider, taskId);

  expect(await response.json()).toMatchObject({ data: { taskId, state: 'resting', createTime: acceptedAt } });
});

it('calls back with the same body as a status answer', async () => {
  const receiver = await startScriptedUpstream();
  onTestFinished(() => receiver.close());
  const { provider, clock } = await simulate({ dialect: apixo });
  const callback_url = `${receiver.url}/cb`;
  const taskId = await orderJob(provider, { request_type: 'callback', callback_url, input: text });

  clock.advance(jobSeconds);
  await vi.waitFor(() => expect(receiver.requests).toHaveLength(1));

  const [request] = receiver.requests;
  expect(JSON.parse(request?.body ?? '')).toEqual(await (await lookAt(provider, taskId)).json());
});

it('plans no callback when a callback URL comes with async', async () => {
  const { provider } = await simulate({ dialect: apixo });

  await orderJob(provider, { request_type: 'async', callback_url: nobodyThere, input: text });

  expect(provider.jobs()).toMatchObject([{ callbacks: [] }]);
});

it.each([
  ['6', { ...text, duration: 6 }],
  ['10', { ...text, duration: '10' }],
  ['6', { ...text, mode: 'pro-text-to-video', duration: undefined }],
  ['6', { ...text, mode: 'pro-text-to-video', duration: 10 }],
])('makes a video of %s seconds of %j', async (seconds, input) => {
  const { provider } = await simulate({ dialect: apixo });

  await orderJob(provider, { input });

  expect(provider.jobs()).toMatchObject([{ shape: { seconds: Number(seconds) } }]);
});

it.each<[string, unknown, string?]>([
  ['is no object', 'hello'],
  ['has no input', {}],
  ['names an unknown mode', { input: { ...text, mode: 'director' } }],
  ['asks the fast model for text to video', { input: text }, fast],
  ['has no prompt', { input: { ...text, prompt: ' ' } }],
  ['has a prompt of 2001 characters', { input: { ...text, prompt: 'x'.repeat(2001) } }],
  ['lacks the duration of standard', { input: { ...text, duration: undefined } }],
  ['has a duration of 8', { input: { ...text, duration: 8 } }],
  ['lacks the image', { input: { ...image, image_urls: [] } }],
  ['has two images', { input: { ...image, image_urls: ['https://a.example/', 'https://b.example/'] } }],
  ['has an image as a data URL', { input: { ...image, image_urls: ['data:image/png;base64,AAAA'] } }],
  ['gives an image to text to video', { input: { ...image, mode: 'pro-text-to-video' } }],
  ['wants a callback to nowhere', { request_type: 'callback', input: text }],
  ['names an unknown strategy', { provider: 'cheapest', input: text }],
])('refuses an order that %s', async (_name, body, model = both) => {
  const { provider } = await simulate({ dialect: apixo });

  const response = await order(provider, body, model);

  expect(response.status).toBe(400);
  expect(await response.json()).toEqual({ code: 400, message: expect.any(String), data: null });
  expect(provider.jobs()).toEqual([]);
});

it('answers 401 without a key, and 404 for another model and under the path of another model', async () => {
  const { provider } = await simulate({ dialect: apixo });
  const taskId = await orderJob(provider);

  const keyless = await fetch(`${provider.url}/api/v1/statusTask/${both}?taskId=${taskId}`);
  const unknown = await order(provider, { input: text }, 'hailuo-02');
  const elsewhere = await lookAt(provider, taskId, fast);

  expect(keyless.status).toBe(401);
  expect(await keyless.json()).toEqual({ code: 401, message: expect.any(String), data: null });
  expect(unknown.status).toBe(404);
  expect(elsewhere.status).toBe(404);
});
