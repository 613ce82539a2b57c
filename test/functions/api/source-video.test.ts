import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { toVideoId } from '../../../shared/ids.ts';
import { decimalId, hailuoTaskNumberId, hexId, uuidId } from '../../../shared/providers/id-forms.ts';
import { createFilm } from '../../shared/media/films.ts';
import { placeCompletedOrder } from '../../support/completed-task.ts';
import { placeTestOrder } from '../../support/orders.ts';
import { type ServedApi, startApi } from '../../support/served-api.ts';

let api: ServedApi;
beforeAll(async () => {
  api = await startApi({ CONCH_PROVIDERS: 'haiper,piapi' });
});
afterAll(() => api.close());
beforeEach(() => {
  api.objects.length = 0;
});

const order = (json: object, path = '/v1/videos') => api.call({ method: 'POST', path, json });
const film = createFilm();
const videoSchema = z.object({ id: z.string().startsWith('video_') });

async function upload(bytes: Buffer) {
  const { body } = await api.call({
    method: 'POST',
    path: '/v1/uploads',
    json: { content_type: 'video/mp4', bytes: bytes.length },
  });
  const { id, url, headers } = z
    .object({ id: z.string(), url: z.string(), headers: z.record(z.string(), z.string()) })
    .parse(body);
  expect((await fetch(url, { method: 'PUT', headers, body: new Uint8Array(bytes) })).status).toBe(200);
  return id;
}

async function sourceOf(body: unknown) {
  const { id } = videoSchema.parse(body);
  const view = await api.tables.tasks.getTaskView(id.replace('video_', ''));
  return view?.request.sourceVideo;
}

describe('a source video', () => {
  it('is taken from a URL', async () => {
    const url = `${api.webUrl}/film.mp4`;

    const { body } = await order({ operation: 'upscale', source_video: url });

    expect(body).toMatchObject({ model: 'haiper', seconds: '', size: '', gateway: { operation: 'upscale' } });
    expect(await sourceOf(body)).toEqual({ kind: 'url', url });
  });

  it('is taken from an upload, and extended by what was asked for', async () => {
    const id = await upload(film);

    const { body } = await order({ operation: 'extend', extend_seconds: '4', source_video: { file_id: id } });

    expect(body).toMatchObject({ gateway: { operation: 'extend', cost: { estimated: '0.20' } } });
    expect(await sourceOf(body)).toEqual({ kind: 'stored', key: `inputs/acme/uploads/${id}` });
  });

  it('is taken from a completed video of the account', async () => {
    const task = await placeCompletedOrder(api.tables);

    const { body } = await order({ operation: 'upscale', source_video: { video_id: `video_${task.id}` } });

    expect(await sourceOf(body)).toEqual({ kind: 'stored', key: `videos/${task.id}.mp4` });
  });

  it.each([
    ['a UUID', uuidId],
    ['32 hex digits', hexId],
    ['19 digits', decimalId],
    ['task_hailuo_ and 19 digits', hailuoTaskNumberId],
  ])('is one order whether it names its video by our id or by %s, as another API has it', async (_, form) => {
    const task = await placeCompletedOrder(api.tables);
    const headers = { 'idempotency-key': task.id };
    const place = (video_id: string) => {
      const json = { operation: 'upscale', source_video: { video_id } };
      return api.call({ method: 'POST', path: '/v1/videos', headers, json });
    };

    const first = await place(form.toText(task.id));
    const again = await place(`video_${task.id}`);

    expect(await sourceOf(first.body)).toEqual({ kind: 'stored', key: `videos/${task.id}.mp4` });
    expect(again.body).toEqual(first.body);
  });

  it("is taken from an object of the account's own", async () => {
    await api.putObject('outbox/acme/a/b.mp4', film);

    const { body } = await order({ operation: 'upscale', source_video: 's3://media/outbox/acme/a/b.mp4' });

    expect(await sourceOf(body)).toEqual({ kind: 'stored', key: 'outbox/acme/a/b.mp4' });
  });

  it('makes another order of another video under the same Idempotency-Key', async () => {
    const headers = { 'idempotency-key': 'film' };
    const place = (source_video: object) =>
      api.call({ method: 'POST', path: '/v1/videos', headers, json: { operation: 'upscale', source_video } });
    const [one, other] = [await upload(film), await upload(film)];

    const [first, again, second] = [
      await place({ file_id: one }),
      await place({ file_id: one }),
      await place({ file_id: other }),
    ];

    expect(again.body).toEqual(first.body);
    expect(second).toMatchObject({ status: 422, body: { code: 'idempotency_mismatch' } });
  });
});

describe('a source video is refused', () => {
  const refusalOf = async (source_video: unknown) => {
    const { status, body } = await order({ operation: 'upscale', source_video });
    expect(status).toBe(422);
    return z.object({ errors: z.tuple([z.looseObject({})]) }).parse(body).errors[0];
  };

  it.each([
    ['/640x480.png', 'video_format', /no MP4 or MOV video/],
    ['/absent.mp4', 'video_unreachable', /status 404/],
  ])('from %s', async (path, code, message) => {
    expect(await refusalOf(api.webUrl + path)).toMatchObject({
      param: 'source_video',
      code,
      message: expect.stringMatching(message),
    });
  });

  it('at a private address', async () => {
    expect(await refusalOf('https://169.254.169.254/a.mp4')).toMatchObject({ code: 'video_unreachable' });
  });

  it.each([
    ['no film', Buffer.from('GIF89a and what follows in it')],
    ['empty', Buffer.alloc(0)],
    ['cut off', film.subarray(0, 5)],
  ])('as an object that is %s', async (_, bytes) => {
    await api.putObject('inbox/acme/a.mp4', bytes);

    expect(await refusalOf('s3://media/inbox/acme/a.mp4')).toMatchObject({ code: 'video_format' });
  });

  it.each(['s3://media/inbox/rival/a.mp4', 's3://other/inbox/acme/a.mp4', 's3://media/videos/a.mp4'])(
    'as %s, which is not its own',
    async (address) => {
      await api.putObject('inbox/rival/a.mp4', film);
      await api.putObject('videos/a.mp4', film);

      expect(await refusalOf(address)).toMatchObject({ code: 'file_not_found' });
    },
  );

  it('as an upload that is not there', async () => {
    expect(await refusalOf({ file_id: 'file_AAAAAAAAAAAA' })).toMatchObject({ code: 'file_not_found' });
  });

  it('as a video that is not there, not its own, deleted, not completed, or expired', async () => {
    const theirs = await placeCompletedOrder(api.tables, { account: 'rival' });
    const live = await placeTestOrder(api.tables);
    const expired = await placeCompletedOrder(api.tables, { expiresAt: '2026-03-03T00:00:00.000Z' });

    const deleted = await placeCompletedOrder(api.tables);
    await api.call({ method: 'DELETE', path: `/v1/videos/${toVideoId(deleted.id)}` });

    const refusals = await Promise.all(
      ['nonsense', '0000000000000000', theirs.id, deleted.id, live.id, expired.id].map((id) =>
        refusalOf({ video_id: `video_${id}` }),
      ),
    );

    expect(refusals.map(({ code }) => code)).toEqual(Array.from({ length: 6 }, () => 'file_not_found'));
    expect(refusals.map(({ message }) => message)).toEqual([
      expect.stringContaining('does not exist'),
      expect.stringContaining('does not exist'),
      expect.stringContaining('does not exist'),
      expect.stringContaining('does not exist'),
      expect.stringContaining('is accepted; only a completed one has a file'),
      expect.stringContaining('is expired'),
    ]);
  });

  it('names the seconds to add by their own field', async () => {
    const { body } = await order({
      model: 'haiper',
      provider: 'haiper',
      operation: 'extend',
      extend_seconds: 3,
      source_video: 'https://films.test/a.mp4',
    });

    expect(body).toMatchObject({
      errors: expect.arrayContaining([
        expect.objectContaining({ param: 'extend_seconds', code: 'not_offered' }),
      ]),
    });
  });
});
