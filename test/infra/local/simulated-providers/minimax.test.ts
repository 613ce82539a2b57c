import { expect, it, onTestFinished, vi } from 'vitest';
import * as z from 'zod';
import { minimax } from '../../../../infra/local/simulated-providers/minimax.ts';
import type { SimulatedProvider } from '../../../../infra/local/simulated-providers/simulated-provider.ts';
import { createPng, createWebp } from '../../../support/images.ts';
import { startScriptedUpstream } from '../../../support/scripted-upstream.ts';
import { apiKey, jobSeconds, nobodyThere, serveImage, simulate } from './simulate.ts';

const headers = { authorization: `Bearer ${apiKey}` };
const success = { status_code: 0, status_msg: 'success' };
const text = { model: 'MiniMax-Hailuo-2.3', prompt: 'A lighthouse at dusk' };
const image = 'https://images.example/lighthouse.png';

function order(provider: SimulatedProvider, body: unknown): Promise<Response> {
  return fetch(`${provider.url}/v1/video_generation`, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  });
}

async function orderJob(provider: SimulatedProvider, body: unknown = text) {
  const created = await (await order(provider, body)).json();
  return z.object({ task_id: z.string().min(1) }).parse(created).task_id;
}

async function ask(provider: SimulatedProvider, pathAndQuery: string): Promise<unknown> {
  const response = await fetch(`${provider.url}/v1/${pathAndQuery}`, { headers });
  return response.json();
}

async function readTask(provider: SimulatedProvider, taskId: string) {
  const task = await ask(provider, `query/video_generation?task_id=${taskId}`);
  return z.looseObject({ status: z.string(), file_id: z.string() }).parse(task);
}

async function readFile(provider: SimulatedProvider, fileId: string) {
  const answer = await ask(provider, `files/retrieve?file_id=${fileId}`);
  return z
    .object({ file: z.looseObject({ download_url: z.string() }), base_resp: z.unknown() })
    .parse(answer);
}

/** What everybody who calls back meets. */
async function startReceiver() {
  const receiver = await startScriptedUpstream();
  onTestFinished(() => receiver.close());
  return { receiver, challenged: { ...text, callback_url: `${receiver.url}/callbacks/secret` } };
}

it('answers an order with an id of 15 digits, as a string', async () => {
  const { provider } = await simulate({ dialect: minimax });

  const response = await order(provider, text);

  expect(await response.json()).toEqual({ task_id: expect.stringMatching(/^1\d{14}$/), base_resp: success });
});

it('shows each state, and the pixels once it has succeeded', async () => {
  const { provider, clock } = await simulate({ dialect: minimax });
  const task_id = await orderJob(provider);
  const pending = { task_id, file_id: '', video_width: 0, video_height: 0, base_resp: success };

  expect(await readTask(provider, task_id)).toEqual({ ...pending, status: 'Queueing' });
  clock.advance(jobSeconds / 2);
  expect(await readTask(provider, task_id)).toEqual({ ...pending, status: 'Processing' });
  clock.advance(jobSeconds / 2);
  expect(await readTask(provider, task_id)).toEqual({
    ...pending,
    status: 'Success',
    file_id: expect.stringMatching(/^2\d{14}$/),
    video_width: 1280,
    video_height: 720,
  });
});

it('gives the URL of the video in a second step, under the id of the file as a number', async () => {
  const { provider, clock } = await simulate({ dialect: minimax });
  const taskId = await orderJob(provider);
  clock.advance(jobSeconds);
  const { file_id } = await readTask(provider, taskId);

  const answer = await readFile(provider, file_id);

  expect(answer).toEqual({
    file: {
      file_id: Number(file_id),
      created_at: 1_772_445_610,
      filename: 'output_aigc.mp4',
      purpose: 'video_generation',
      download_url: expect.stringContaining(`${provider.url}/videos/`),
    },
    base_resp: success,
  });
  const video = await fetch(answer.file.download_url);
  expect([video.status, video.headers.get('content-type')]).toEqual([200, 'video/mp4']);
  await video.arrayBuffer();
});

it('withholds the URL in the second step on success_without_url', async () => {
  const { provider, clock } = await simulate({ dialect: minimax });
  provider.setFaults([{ kind: 'success_without_url', times: 1 }]);
  const taskId = await orderJob(provider);
  clock.advance(jobSeconds);
  const { file_id } = await readTask(provider, taskId);

  const urls = [await readFile(provider, file_id), await readFile(provider, file_id)];

  expect(urls.map(({ file }) => file.download_url)).toEqual(['', expect.stringContaining('/videos/')]);
});

it.each([
  ['moderate', { status_code: 1027, status_msg: 'output new_sensitive' }],
  ['fail', { status_code: 1000, status_msg: 'unknown error' }],
] as const)('shows a failed task with its code on %s', async (kind, base_resp) => {
  const { provider, clock } = await simulate({ dialect: minimax });
  provider.setFaults([{ kind }]);
  const taskId = await orderJob(provider);
  clock.advance(jobSeconds);

  expect(await readTask(provider, taskId)).toMatchObject({ status: 'Fail', file_id: '', base_resp });
});

it('takes a WebP, and a data URL, and the last frame alone', async () => {
  const { provider } = await simulate({ dialect: minimax });
  const webp = await serveImage(createWebp({ width: 400, height: 400 }));
  const png = `data:image/png;base64,${createPng({ width: 400, height: 900 }).toString('base64')}`;
  const images = [{ first_frame_image: webp }, { first_frame_image: png }, { last_frame_image: image }];

  for (const frames of images) await orderJob(provider, { model: 'MiniMax-Hailuo-02', ...frames });

  const made = provider.jobs().map(({ shape, failure }) => [`${shape.width}x${shape.height}`, failure]);
  expect(made).toEqual([
    ['720x720', undefined],
    ['720x1620', undefined],
    ['1280x720', undefined],
  ]);
});

it('accepts a subject that it cannot fetch and fails the task, blaming the image', async () => {
  const { provider, clock } = await simulate({ dialect: minimax });
  const subject_reference = [{ type: 'character', image: [nobodyThere] }];
  const taskId = await orderJob(provider, { model: 'S2V-01', subject_reference });
  clock.advance(jobSeconds);

  expect(await readTask(provider, taskId)).toMatchObject({
    status: 'Fail',
    base_resp: { status_code: 2013 },
  });
});

it.each<[string, object]>([
  ['names no model', { model: 'T2V-99' }],
  ['lacks the prompt', { prompt: '' }],
  ['has a prompt of 2001 characters', { prompt: '🐚'.repeat(2001) }],
  ['lacks the first frame', { model: 'MiniMax-Hailuo-2.3-Fast' }],
  ['lacks the subject', { model: 'S2V-01' }],
  ['has a subject for a model without', { subject_reference: [{ type: 'character', image: [image] }] }],
  ['has a first frame for a model of text', { model: 'T2V-01-Director', first_frame_image: image }],
  ['has a last frame for a model without', { first_frame_image: image, last_frame_image: image }],
  ['has an image that is no URL', { first_frame_image: 'face.jpg' }],
  ['wants 1080P for 10 s', { duration: 10, resolution: '1080P' }],
  ['wants 8 s', { duration: 8 }],
  ['wants 720P of a later model', { resolution: '720P' }],
  ['wants 10 s of a 01 model', { model: 'T2V-01', duration: 10 }],
  ['wants 512P of text', { model: 'MiniMax-Hailuo-02', resolution: '512P' }],
  [
    'wants 512P with a last frame',
    { model: 'MiniMax-Hailuo-02', resolution: '512P', first_frame_image: image, last_frame_image: image },
  ],
])('refuses an order with 2013 and HTTP 200 that %s', async (_name, overrides) => {
  const { provider } = await simulate({ dialect: minimax });

  const response = await order(provider, { ...text, ...overrides });

  expect(response.status).toBe(200);
  const base_resp = { status_code: 2013, status_msg: expect.any(String) };
  expect(await response.json()).toEqual({ task_id: '', base_resp });
  expect(provider.jobs()).toEqual([]);
});

it('says with HTTP 200 that the key is wrong and that there is no such task', async () => {
  const { provider } = await simulate({ dialect: minimax });

  const keyless = await fetch(`${provider.url}/v1/query/video_generation?task_id=1`);
  const absent = await ask(provider, 'query/video_generation?task_id=1');
  const withoutFile = await ask(provider, `files/retrieve?file_id=2${(await orderJob(provider)).slice(1)}`);

  expect(keyless.status).toBe(200);
  expect(await keyless.json()).toMatchObject({ base_resp: { status_code: 1004 } });
  expect(absent).toMatchObject({ task_id: '', base_resp: { status_code: 2013 } });
  expect(withoutFile).toMatchObject({ base_resp: { status_code: 2013 } });
});

it.each([
  [429, 200, 1002],
  [402, 200, 1008],
  [500, 500, 1000],
])('answers a create_error of %i with HTTP %i and the code %i', async (status, shown, status_code) => {
  const { provider } = await simulate({ dialect: minimax });
  provider.setFaults([{ kind: 'create_error', status, retryAfterSeconds: 7 }]);

  const response = await order(provider, text);

  expect([response.status, response.headers.get('retry-after')]).toEqual([shown, '7']);
  expect(await response.json()).toMatchObject({ base_resp: { status_code } });
});

it('posts a challenge to the callback URL before it takes the order, and then calls back in lower case', async () => {
  const { receiver, challenged } = await startReceiver();
  receiver.reply('echo', {}, {});
  const { provider, clock } = await simulate({ dialect: minimax });
  provider.setFaults([{ kind: 'non_terminal_callback' }]);

  const task_id = await orderJob(provider, challenged);
  const [challenge] = receiver.requests;
  clock.advance(jobSeconds / 2);
  await vi.waitFor(() => expect(receiver.requests).toHaveLength(2));
  clock.advance(jobSeconds / 2);
  await vi.waitFor(() => expect(receiver.requests).toHaveLength(3));

  expect(challenge).toMatchObject({ method: 'POST', path: '/callbacks/secret' });
  const [asked, ...updates] = receiver.requests.map(({ body }) => JSON.parse(body));
  expect(asked).toEqual({ challenge: expect.any(String) });
  const file_id = `2${task_id.slice(1)}`;
  expect(updates).toEqual([
    { task_id, status: 'processing', file_id: '', base_resp: success },
    { task_id, status: 'success', file_id, base_resp: success },
  ]);
});

it('calls back with failed and the code of the failure', async () => {
  const { receiver, challenged } = await startReceiver();
  receiver.reply('echo', {});
  const { provider, clock } = await simulate({ dialect: minimax });
  provider.setFaults([{ kind: 'moderate' }]);

  const task_id = await orderJob(provider, challenged);
  clock.advance(jobSeconds);
  await vi.waitFor(() => expect(receiver.requests).toHaveLength(2));

  const base_resp = { status_code: 1027, status_msg: 'output new_sensitive' };
  const body = JSON.parse(receiver.requests[1]?.body ?? '');
  expect(body).toEqual({ task_id, status: 'failed', file_id: '', base_resp });
});

const refusedForSilence = {
  task_id: '',
  base_resp: { status_code: 2013, status_msg: expect.stringContaining('challenge') },
};

it.each([
  ['something else', { body: { challenge: 'another' } }],
  ['a 404', { status: 404 }],
  ['nothing', 'reset'],
] as const)('refuses an order whose callback URL answers with %s', async (_name, reply) => {
  const { receiver, challenged } = await startReceiver();
  receiver.reply(reply);
  const { provider } = await simulate({ dialect: minimax });

  const response = await order(provider, challenged);

  expect(response.status).toBe(200);
  expect(await response.json()).toEqual(refusedForSilence);
  expect(provider.jobs()).toEqual([]);
});

it('refuses an order whose callback URL does not answer within three seconds', async () => {
  const { receiver, challenged } = await startReceiver();
  receiver.reply('hang');
  const { provider, clock } = await simulate({ dialect: minimax });
  const arrived = receiver.nextRequest();

  const ordered = order(provider, challenged);
  await arrived;
  clock.advance(3);

  expect(await (await ordered).json()).toEqual(refusedForSilence);
  expect(provider.jobs()).toEqual([]);
});
