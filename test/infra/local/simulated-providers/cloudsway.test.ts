import { expect, it } from 'vitest';
import * as z from 'zod';
import { cloudsway } from '../../../../infra/local/simulated-providers/cloudsway.ts';
import type { SimulatedProvider } from '../../../../infra/local/simulated-providers/simulated-provider.ts';
import { createJpeg } from '../../../support/images.ts';
import { apiKey, jobSeconds, nobodyThere, simulate } from './simulate.ts';

const headers = { authorization: `Bearer ${apiKey}` };
const route = 'MaaS_HL_Video_t2v';

function order(provider: SimulatedProvider, body: unknown, endpointPath = route): Promise<Response> {
  return fetch(`${provider.url}/v1/ai/${endpointPath}/hailuo/video/generate`, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  });
}

async function orderJob(provider: SimulatedProvider, body: unknown = { prompt: 'A lighthouse' }) {
  const created = await (await order(provider, body)).json();
  return z.object({ taskId: z.string() }).parse(created).taskId;
}

function ask(provider: SimulatedProvider, path: string, endpointPath = route): Promise<Response> {
  return fetch(`${provider.url}/v1/ai/${endpointPath}/hailuo/video/${path}`, { headers });
}

async function readTask(provider: SimulatedProvider, taskId: string) {
  const task = await (await ask(provider, `task/${taskId}`)).json();
  return z.looseObject({ status: z.string(), file_id: z.string() }).parse(task);
}

async function readFile(provider: SimulatedProvider, taskId: string, fileId: string) {
  const file = await (await ask(provider, `file?taskId=${taskId}&fileId=${fileId}`)).json();
  return z.looseObject({ mediaUrl: z.string() }).parse(file);
}

const pending = {
  file_id: '',
  task_id: expect.stringMatching(/^\d{15}$/),
  base_resp: { status_msg: 'success', status_code: 0 },
  video_width: 0,
  video_height: 0,
};

it('answers an order with nothing but an id of 19 digits, as a string', async () => {
  const { provider } = await simulate({ dialect: cloudsway });

  const response = await order(provider, { prompt: 'A lighthouse', promptOptimizer: true });

  expect(await response.json()).toEqual({ taskId: expect.stringMatching(/^[1-9]\d{18}$/) });
});

it('shows each state in snake case, with an id that is not the one it was asked for', async () => {
  const { provider, clock } = await simulate({ dialect: cloudsway });
  const taskId = await orderJob(provider);
  const look = () => readTask(provider, taskId);

  expect(await look()).toEqual({ ...pending, status: 'Queueing' });
  clock.advance(jobSeconds / 2);
  expect(await look()).toEqual({ ...pending, status: 'Processing' });
  clock.advance(jobSeconds / 2);
  expect(await look()).toEqual({
    ...pending,
    status: 'Success',
    file_id: expect.stringMatching(/^\d{15}$/),
    video_width: 1280,
    video_height: 720,
  });
});

it('gives the URL of the video in a second step, with its times in seconds', async () => {
  const { provider, clock } = await simulate({ dialect: cloudsway });
  const taskId = await orderJob(provider);
  clock.advance(jobSeconds);
  const { file_id } = await readTask(provider, taskId);

  const file = await readFile(provider, taskId, file_id);

  expect(file).toEqual({
    fileId: file_id,
    createdAt: 1_772_445_610,
    filename: 'output.mp4',
    purpose: 'video_generation',
    mediaUrl: expect.stringMatching(/output\.mp4\?Expires=\d{10}&OSSAccessKeyId=\w+&Signature=/),
    expireTime: 1_772_445_610 + 32_400,
  });
  const video = await fetch(file.mediaUrl);
  expect([video.status, video.headers.get('content-type')]).toEqual([200, 'video/mp4']);
  await video.arrayBuffer();
});

it('withholds the URL in the second step on success_without_url', async () => {
  const { provider, clock } = await simulate({ dialect: cloudsway });
  provider.setFaults([{ kind: 'success_without_url', times: 1 }]);
  const taskId = await orderJob(provider);
  clock.advance(jobSeconds);
  const { status, file_id } = await readTask(provider, taskId);
  const askForFile = () => readFile(provider, taskId, file_id);

  const urls = [(await askForFile()).mediaUrl, (await askForFile()).mediaUrl];

  expect(status).toBe('Success');
  expect(urls).toEqual(['', expect.stringContaining('/videos/')]);
});

it.each([
  ['moderate', { status_code: 1027, status_msg: 'output new_sensitive' }],
  ['fail', { status_code: 1000, status_msg: 'unknown error' }],
] as const)('shows a failed task with the code of the origin on %s', async (kind, base_resp) => {
  const { provider, clock } = await simulate({ dialect: cloudsway });
  provider.setFaults([{ kind }]);
  const taskId = await orderJob(provider);
  clock.advance(jobSeconds);

  const task = await readTask(provider, taskId);

  expect(task).toEqual({ ...pending, status: 'Fail', base_resp });
});

it('accepts a subject that it cannot fetch and fails the task', async () => {
  const { provider, clock } = await simulate({ dialect: cloudsway });
  const subjectReference = [{ type: 'character', image: [nobodyThere] }];

  const response = await order(provider, { prompt: 'She walks', subjectReference }, 'MaaS_HL_Video_s2v');
  clock.advance(jobSeconds);

  expect(response.status).toBe(200);
  expect(provider.jobs()).toMatchObject([{ status: 'failed', failure: 'image_unreachable' }]);
});

it('reads an image that comes as a data URL and takes blanks for absent, as in the document', async () => {
  const { provider } = await simulate({ dialect: cloudsway });
  const image = createJpeg({ width: 600, height: 600 }).toString('base64');

  await order(provider, { prompt: ' ', firstFrameImage: `data:image/jpeg;base64,${image}` }, 'bought-path');
  await order(provider, { prompt: 'A lighthouse', firstFrameImage: ' ' });

  expect(provider.jobs().map(({ shape }) => `${shape.width}x${shape.height}`)).toEqual([
    '720x720',
    '1280x720',
  ]);
});

it.each<[string, unknown, string]>([
  ['lacks the prompt', { prompt: ' ' }, 'MaaS_HL_Video_t2v'],
  ['has a prompt that is no text', { prompt: 5 }, 'MaaS_HL_Video_t2v'],
  ['has a prompt of 2001 characters', { prompt: 'x'.repeat(2001) }, 'MaaS_HL_Video_t2v_director'],
  ['lacks the first frame', { prompt: 'x' }, 'MaaS_HL_Video_i2v_live'],
  ['has an image that is no URL', { prompt: 'x', firstFrameImage: 'face.jpg' }, 'MaaS_HL_Video_i2v'],
  ['lacks the subject', { prompt: 'x' }, 'MaaS_HL_Video_s2v'],
  [
    'gives the subject outside an array',
    { prompt: 'x', subjectReference: { type: 'character', image: 'https://a.example/' } },
    'MaaS_HL_Video_s2v',
  ],
])('refuses an order that %s', async (_name, body, endpointPath) => {
  const { provider } = await simulate({ dialect: cloudsway });

  const response = await order(provider, body, endpointPath);

  expect(response.status).toBe(400);
  expect(await response.json()).toEqual({ code: '400', message: expect.any(String) });
});

it('answers 401 without a key, and 404 under the path of another model', async () => {
  const { provider } = await simulate({ dialect: cloudsway });
  const taskId = await orderJob(provider);

  const keyless = await fetch(`${provider.url}/v1/ai/${route}/hailuo/video/task/${taskId}`);
  const elsewhere = await ask(provider, `task/${taskId}`, 'MaaS_HL_Video_i2v');

  expect(keyless.status).toBe(401);
  expect(await keyless.json()).toEqual({ code: '401', message: 'The access key is not valid' });
  expect(elsewhere.status).toBe(404);
});
