import OpenAI, { toFile } from 'openai';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fromVideoId, toVideoId } from '../../../shared/ids.ts';
import { placeCompletedOrder } from '../../support/completed-task.ts';
import { createPng } from '../../support/images.ts';
import { type ServedApi, startApi, twoProviders } from '../../support/served-api.ts';

let api: ServedApi;
let client: OpenAI;
beforeAll(async () => {
  api = await startApi(twoProviders);
  client = new OpenAI({ apiKey: api.keys.acme, baseURL: 'http://gateway.test/v1', fetch: callHandler });
});
afterAll(() => api.close());

/** Hands the client's requests to the function as API Gateway would. */
const callHandler: typeof fetch = async (input, init) => {
  const request = new Request(input, init);
  const url = new URL(request.url);
  const body = new Uint8Array(await request.arrayBuffer());
  const answer = await api.call({
    method: request.method,
    path: url.pathname + url.search,
    headers: Object.fromEntries(request.headers),
    ...(body.length > 0 && { body }),
  });
  return new Response(answer.body === '' ? null : JSON.stringify(answer.body), answer);
};

it('the official client creates, retrieves and lists', async () => {
  const created = await client.videos.create({ prompt: 'A lighthouse at dusk', size: '1280x720' });
  const retrieved = await client.videos.retrieve(created.id);
  const listed = await client.videos.list({ limit: 1 });

  expect(retrieved).toEqual(created);
  expect(created).toMatchObject({ object: 'video', status: 'queued', seconds: '6', size: '1280x720' });
  expect(listed.data).toEqual([created]);
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
  const answers: Response[] = [];
  const losing = client.withOptions({
    fetch: async (input, init) => {
      answers.push(await callHandler(input, init));
      if (answers.length === 1) throw new TypeError('the socket hung up');
      return answers.at(-1) ?? Response.error();
    },
  });

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
  let requests = 0;
  const counting = client.withOptions({
    fetch: (input, init) => {
      requests += 1;
      return callHandler(input, init);
    },
  });

  await expect(counting.videos.delete(id)).rejects.toMatchObject({ status: 409, code: 'video_not_ended' });
  expect(requests).toBe(1);
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
