import { expect, it } from 'vitest';
import * as z from 'zod';
import { haiper } from '../../../../infra/local/simulated-providers/haiper.ts';
import type { SimulatedProvider } from '../../../../infra/local/simulated-providers/simulated-provider.ts';
import { createJpeg } from '../../../support/images.ts';
import { readFixture } from '../../../support/read-fixture.ts';
import { apiKey, jobSeconds, nobodyThere, serveImage, simulate } from './simulate.ts';

const headers = { authorization: `Bearer ${apiKey}` };
const route = 'LPUqHEAjfonOmohV';
const sourceVideo = 'https://vid.example.com/in.mp4';

function order(provider: SimulatedProvider, action: string, body: unknown): Promise<Response> {
  return fetch(`${provider.url}/v1/ai/${route}/video/${action}`, {
    method: 'POST',
    headers,
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

async function orderJob(provider: SimulatedProvider, action = 'generate', body: unknown = { prompt: 'Fog' }) {
  const created = await (await order(provider, action, body)).json();
  return z.object({ taskId: z.string() }).parse(created).taskId;
}

function ask(provider: SimulatedProvider, taskId: string, endpointPath = route): Promise<Response> {
  return fetch(`${provider.url}/v1/ai/${endpointPath}/video/tasks/${taskId}`, { headers });
}

async function readTask(provider: SimulatedProvider, taskId: string) {
  const task = await (await ask(provider, taskId)).json();
  return z.looseObject({ status: z.string(), mediaUrl: z.string() }).parse(task);
}

it.each([
  ['generate', 'haiper/generate-document-example', 2],
  ['generate', 'haiper/generate-from-text', 8],
  ['upscale', 'haiper/upscale-document-example', 4],
  ['extend', 'haiper/extend-document-example', 8],
])('answers an order to %s, %s, with nothing but an id', async (action, fixture, seconds) => {
  const { provider } = await simulate({ dialect: haiper });

  const response = await order(provider, action, readFixture(fixture));

  expect(await response.json()).toEqual({ taskId: expect.stringMatching(/^[0-9a-f]{16}$/) });
  expect(provider.jobs()).toMatchObject([{ shape: { seconds } }]);
});

it('makes the default of the document explicit where an order names no duration', async () => {
  const { provider } = await simulate({ dialect: haiper });

  await orderJob(provider);
  await orderJob(provider, 'extend', { config: { sourceVideo } });

  expect(provider.jobs().map(({ shape }) => shape.seconds)).toEqual([2, 8]);
});

it('shows each state, and success before the progress is complete', async () => {
  const { provider, clock } = await simulate({ dialect: haiper });
  const taskId = await orderJob(provider);
  const look = () => readTask(provider, taskId);
  const pending = { mediaUrl: '', expireTime: 0 };

  expect(await look()).toEqual({ ...pending, status: 'PENDING', progress: 0 });
  clock.advance(jobSeconds / 2);
  expect(await look()).toEqual({ ...pending, status: 'IN_PROGRESS', progress: 0.42 });
  clock.advance(jobSeconds / 2);
  const task = await look();
  expect(task).toEqual({
    status: 'SUCCESS',
    mediaUrl: expect.stringContaining('/videos/'),
    expireTime: 1_772_445_610_000 + 32_400_000,
    progress: 0.85,
  });
  const video = await fetch(task.mediaUrl);
  expect([video.status, video.headers.get('content-type')]).toEqual([200, 'video/mp4']);
  await video.arrayBuffer();
});

it('withholds the URL once on success_without_url', async () => {
  const { provider, clock } = await simulate({ dialect: haiper });
  provider.setFaults([{ kind: 'success_without_url', times: 1 }]);
  const taskId = await orderJob(provider);
  clock.advance(jobSeconds);

  const tasks = [await readTask(provider, taskId), await readTask(provider, taskId)];

  expect(tasks).toMatchObject([
    { status: 'SUCCESS', mediaUrl: '' },
    { status: 'SUCCESS', mediaUrl: expect.stringContaining('/videos/') },
  ]);
});

it('shows no URL beside an unknown status word', async () => {
  const { provider, clock } = await simulate({ dialect: haiper });
  provider.setFaults([{ kind: 'unknown_status', word: 'PAUSED' }]);
  const taskId = await orderJob(provider);
  clock.advance(jobSeconds);

  expect(await readTask(provider, taskId)).toMatchObject({ status: 'PAUSED', mediaUrl: '', expireTime: 0 });
});

it.each([
  ['moderate', 'the response was filtered'],
  ['fail', 'generation failed'],
] as const)('shows a failed task with its reason on %s', async (kind, message) => {
  const { provider, clock } = await simulate({ dialect: haiper });
  provider.setFaults([{ kind }]);
  const taskId = await orderJob(provider);
  clock.advance(jobSeconds);

  const task = await readTask(provider, taskId);

  expect(task).toEqual({ status: 'FAIL', mediaUrl: '', expireTime: 0, progress: 0, message });
});

it('gives the video the shape of its image, and fails over one that it cannot fetch', async () => {
  const { provider, clock } = await simulate({ dialect: haiper });
  const sourceImage = await serveImage(createJpeg({ width: 600, height: 600 }));

  await orderJob(provider, 'generate', { prompt: 'Fog', config: { sourceImage } });
  await orderJob(provider, 'generate', { prompt: 'Fog', config: { sourceImage: nobodyThere } });
  clock.advance(jobSeconds);

  expect(provider.jobs()).toMatchObject([
    { status: 'succeeded', shape: { width: 720, height: 720 } },
    { status: 'failed', failure: 'image_unreachable' },
  ]);
});

it.each<[string, string, unknown]>([
  ['generate', 'lacks the prompt', { config: { sourceImage: 'https://a.example/' } }],
  ['generate', 'has a blank prompt', { prompt: ' ' }],
  ['generate', 'has a prompt that is no text', { prompt: 5 }],
  ['generate', 'has a duration of 6', { prompt: 'x', settings: { duration: 6 } }],
  ['generate', 'has a duration that is no number', { prompt: 'x', settings: { duration: '4' } }],
  ['generate', 'has an unknown aspect ratio', { prompt: 'x', settings: { aspectRatio: '21:9' } }],
  ['generate', 'has its image inline', { prompt: 'x', config: { sourceImage: 'data:image/png;base64,AA' } }],
  ['upscale', 'lacks the source video', { config: {} }],
  ['upscale', 'has a source that is no URL', { config: { sourceVideo: 'in.mp4' } }],
  ['upscale', 'is one for a new video', { prompt: 'x' }],
  ['extend', 'lacks the source video', { prompt: 'x', config: { extendDuration: 4 } }],
  ['extend', 'is 8 seconds longer', { config: { sourceVideo, extendDuration: 8 } }],
])('refuses an order to %s that %s', async (action, _name, body) => {
  const { provider } = await simulate({ dialect: haiper });

  const response = await order(provider, action, body);

  expect(response.status).toBe(400);
  expect(await response.json()).toEqual({ code: '400', message: expect.any(String) });
  expect(provider.jobs()).toEqual([]);
});

it('answers 401 without a key, and 404 under another path and for another action', async () => {
  const { provider } = await simulate({ dialect: haiper });
  const taskId = await orderJob(provider);

  const keyless = await fetch(`${provider.url}/v1/ai/${route}/video/tasks/${taskId}`);
  const elsewhere = await ask(provider, taskId, 'another-path');
  const unheardOf = await order(provider, 'shorten', { config: { sourceVideo } });

  expect(keyless.status).toBe(401);
  expect(await keyless.json()).toEqual({ code: '401', message: 'The access key is not valid' });
  expect([elsewhere.status, unheardOf.status]).toEqual([404, 404]);
});
