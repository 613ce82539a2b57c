import OpenAI, {
  AuthenticationError,
  BadRequestError,
  NotFoundError,
  toFile,
  UnprocessableEntityError,
} from 'openai';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fromVideoId, toVideoId } from '../../../shared/ids.ts';
import { createApiFetch } from '../../support/api-fetch.ts';
import { film, placeCompletedOrder } from '../../support/completed-task.ts';
import type { ApiCall, ApiResponse } from '../../support/http-events.ts';
import { createPng } from '../../support/images.ts';
import { type ServedApi, startApi, twoProviders } from '../../support/served-api.ts';

let api: ServedApi;
let client: OpenAI;
beforeAll(async () => {
  api = await startApi(twoProviders);
  client = clientOf(api.keys.acme);
});
afterAll(() => api.close());

type Call = ServedApi['call'];

function clientOf(apiKey: string, call: Call = api.call): OpenAI {
  return new OpenAI({ apiKey, baseURL: 'http://gateway.test/v1', fetch: createApiFetch(call) });
}

/** A client that does not get its first answer. */
function losingClient() {
  const answers: ApiResponse[] = [];
  const call: Call = async (request) => {
    const answer = await api.call(request);
    answers.push(answer);
    if (answers.length === 1) throw new TypeError('the socket hung up');
    return answer;
  };
  return { losing: clientOf(api.keys.acme, call), answers };
}

/** A client that keeps what it sent. */
function watchedClient(apiKey = api.keys.acme) {
  const requests: ApiCall[] = [];
  const call: Call = (request) => {
    requests.push(request);
    return api.call(request);
  };
  return { watched: clientOf(apiKey, call), requests };
}

it('the official client sends lists in its forms', async () => {
  const { watched, requests } = watchedClient();
  const webhook = { url: 'https://hooks.example/', events: ['video.completed', 'video.failed'] };
  const order = { prompt: 'A lighthouse', provider: ['piapi', 'cloudsway'], webhook };
  const created = await watched.videos.create(order);

  expect(requests[0]?.headers?.['content-type']).toMatch(/^multipart\/form-data/);
  expect(created).toMatchObject({ status: 'queued', webhook });
});

it('the official client creates, retrieves and lists', async () => {
  const created = await client.videos.create({ prompt: 'A lighthouse at dusk', size: '1280x720' });
  const retrieved = await client.videos.retrieve(created.id);
  const listed = await client.videos.list({ limit: 1 });

  expect(retrieved).toEqual(created);
  expect(created).toMatchObject({ object: 'video', status: 'queued', seconds: '6', size: '1280x720' });
  expect(listed.data).toEqual([created]);
});

async function listIds(of: OpenAI, order: 'asc' | 'desc'): Promise<string[]> {
  const ids: string[] = [];
  for await (const { id } of of.videos.list({ limit: 2, order })) ids.push(id);
  return ids;
}

it('the official client walks through all pages of its list', async () => {
  const walker = clientOf((await api.tables.accounts.createKey('walker', new Date())).text);
  const created: string[] = [];
  for (const number of [1, 2, 3, 4, 5])
    created.push((await walker.videos.create({ prompt: `Lighthouse ${number}` })).id);

  const newestFirst = await listIds(walker, 'desc');
  const oldestFirst = await listIds(walker, 'asc');

  expect(new Set(newestFirst)).toEqual(new Set(created));
  expect(newestFirst).toHaveLength(5);
  expect(oldestFirst).toEqual(newestFirst.toReversed());
});

it('the official client downloads', async () => {
  const id = toVideoId((await placeCompletedOrder(api.tables)).id);

  const content = await client.videos.downloadContent(id);

  expect(await content.text()).toBe(film);
});

it('the official client does not download what is not ready, and does not insist', async () => {
  const { id } = await client.videos.create({ prompt: 'A lighthouse in fog' });
  const { watched, requests } = watchedClient();

  await expect(watched.videos.downloadContent(id)).rejects.toMatchObject({
    status: 409,
    code: 'video_not_ready',
  });
  expect(requests).toHaveLength(1);
});

it('the official client remixes', async () => {
  const source = toVideoId((await placeCompletedOrder(api.tables)).id);

  const remixed = await client.videos.remix(source, { prompt: 'A lighthouse at dawn' });

  const video = { status: 'queued', prompt: 'A lighthouse at dawn', remixed_from_video_id: source };
  expect(remixed).toMatchObject(video);
  expect(await client.videos.retrieve(remixed.id)).toMatchObject(video);
});

it('the official client buys one remix when its first answer is lost and it repeats the call', async () => {
  const source = toVideoId((await placeCompletedOrder(api.tables)).id);
  api.started.length = 0;
  const { losing, answers } = losingClient();

  const remixed = await losing.videos.remix(source, { prompt: 'A lighthouse at dawn' });

  expect(answers).toHaveLength(2);
  expect(api.started).toEqual([{ taskId: fromVideoId(remixed.id), run: 1 }]);
});

it('the official client deletes', async () => {
  const id = toVideoId((await placeCompletedOrder(api.tables)).id);

  expect(await client.videos.delete(id)).toEqual({ id, object: 'video.deleted', deleted: true });
  expect(await client.videos.delete(id)).toMatchObject({ deleted: true });
  await expect(client.videos.retrieve(id)).rejects.toMatchObject({ status: 404, code: 'not_found' });
});

it('the official client does not insist on deleting a video that goes on', async () => {
  const { id } = await client.videos.create({ prompt: 'A lighthouse at night' });
  const { watched, requests } = watchedClient();

  await expect(watched.videos.delete(id)).rejects.toMatchObject({
    status: 409,
    code: 'video_not_ended',
  });
  expect(requests).toHaveLength(1);
});

it('the official client uploads a reference image', async () => {
  const png = createPng({ width: 400, height: 600 });
  const created = await client.videos.create({
    model: 'hailuo-01',
    prompt: 'The waves begin to move',
    input_reference: await toFile(png, 'frame.png'),
  });

  expect(created).toMatchObject({ status: 'queued', size: '720x1080' });
});

it('the official client names a reference image by its URL, by a data: URI or by an uploaded file', async () => {
  const png = createPng({ width: 400, height: 600 });
  const upload = await client.post<{ id: string; url: string }>('/uploads');
  await fetch(upload.url, { method: 'PUT', body: new Uint8Array(png) });
  const references = [
    { image_url: api.imageUrl(400, 600) },
    { image_url: `data:image/png;base64,${png.toString('base64')}` },
    { file_id: upload.id },
  ];

  for (const input_reference of references) {
    const created = await client.videos.create({ model: 'hailuo-01', prompt: 'It moves', input_reference });
    expect(created).toMatchObject({ status: 'queued', size: '720x1080' });
  }
});

it('the official client creates as JSON what it creates as a form', async () => {
  const fields = { model: 'hailuo-01', prompt: 'A lighthouse', size: '1280x720' } as const;
  const headers = { 'Idempotency-Key': 'form or JSON' };
  const { watched, requests } = watchedClient();

  const asForm = await watched.videos.create(fields, { headers });
  const asJson = await watched.post('/videos', { body: fields, headers });

  expect(asJson).toEqual(asForm);
  const types = requests.map(({ headers }) => headers?.['content-type']?.split(';')[0]);
  expect(types).toEqual(['multipart/form-data', 'application/json']);
});

it('the official client buys one video of a file when its first answer is lost and it repeats the call', async () => {
  api.started.length = 0;
  const { losing, answers } = losingClient();

  const created = await losing.videos.create({
    model: 'hailuo-01',
    prompt: 'The waves begin to move again',
    input_reference: await toFile(createPng({ width: 400, height: 600 }), 'frame.png'),
  });

  expect(answers).toHaveLength(2);
  expect(api.started).toEqual([{ taskId: fromVideoId(created.id), run: 1 }]);
});

it('the official client does not insist on a video that no budget has room for', async () => {
  await api.tables.accounts.createAccount('poor', new Date(), { monthlyMicroUsd: 100_000 });
  const { text } = await api.tables.accounts.createKey('poor', new Date());
  const { watched: poor, requests } = watchedClient(text);

  const refused = poor.videos.create({ prompt: 'A lighthouse' });

  await expect(refused).rejects.toMatchObject({ status: 402, code: 'budget_exceeded', param: null });
  expect(requests).toHaveLength(1);
});

it.each([
  ['an unknown key', () => clientOf('ck_unknown').videos.list(), AuthenticationError, 'invalid_key', null],
  ['an unknown video', () => client.videos.retrieve('video_0'), NotFoundError, 'not_found', null],
  ['a bad limit', () => client.videos.list({ limit: 0 }), BadRequestError, 'invalid_query', 'limit'],
  [
    'a length that nobody sells',
    () => client.videos.create({ model: 'hailuo-01', prompt: 'A lighthouse', seconds: '4' }),
    UnprocessableEntityError,
    'not_offered',
    'seconds',
  ],
])(
  'the official client throws its own error with our code and param at %s',
  async (_, ask, type, code, param) => {
    const fault = await ask().then(
      () => 'no fault',
      (thrown: unknown) => thrown,
    );

    expect(fault).toBeInstanceOf(type);
    expect(fault).toMatchObject({ code, param });
  },
);

it('the official client reads our problems as its own errors', async () => {
  const refused = client.videos.create({ prompt: 'A lighthouse', model: 'sora-2' });

  await expect(refused).rejects.toMatchObject({
    status: 422,
    code: 'unknown_model',
    param: 'model',
    type: 'invalid_request_error',
    requestID: 'request-1',
    message: expect.stringContaining('hailuo-01'),
  });
});
