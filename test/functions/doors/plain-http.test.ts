import { beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { startHttpServer } from '../../../infra/local/http-server.ts';
import { toVideoId } from '../../../shared/ids.ts';
import { settleTask } from '../../../shared/ledger/settle.ts';
import { createSafeFetch, type SafeFetch } from '../../../shared/media/safe-fetch.ts';
import { readAnyId } from '../../../shared/providers/id-forms.ts';
import { createMediaStore, type MediaStore } from '../../../shared/storage/media-store.ts';
import { createFilm } from '../../shared/media/films.ts';
import { createPng } from '../../support/images.ts';
import { startMediaBucket } from '../../support/media-bucket.ts';
import { refusal } from '../../support/ordering.ts';
import { type RoutesOnClock, startRoutesOnClock } from '../../support/routes-on-clock.ts';
import { idSchema } from './ways-in.ts';

const host = 'http://public.test';
const png = createPng({ width: 600, height: 400 });
const prompt = 'The boats leave';

/** A test has no public address but a name for one: what is fetched from it is fetched from `origin`. */
function fetchPublicly(origin: string): SafeFetch {
  const strict = createSafeFetch({ trustedOrigins: [] });
  const trusting = createSafeFetch({ trustedOrigins: [origin] });
  return (url, limits) =>
    limits.takesHttp === true && url.startsWith(`${host}/`)
      ? trusting(url.replace(host, origin), limits)
      : strict(url, limits);
}

let routes: RoutesOnClock;
let media: MediaStore;
let send: (path: string, json?: object) => Promise<{ readonly status: number; readonly body: unknown }>;
beforeEach(async () => {
  routes = await startRoutesOnClock();
  const web = await startHttpServer((request, response) => {
    if (request.url === '/a.png') response.end(png);
    else if (request.url === '/film.mp4') response.end(createFilm());
    else response.writeHead(404).end();
  });
  media = createMediaStore(await startMediaBucket());
  const { text: key } = await routes.newKey();
  const world = { media, safeFetch: fetchPublicly(web.url) };
  send = (path, json) => routes.call(key, { method: 'POST', path, ...(json && { json }) }, world);
  return () => Promise.all([web.close(), routes.close()]);
});

async function place(path: string, json?: object) {
  const { status, body } = await send(path, json);
  expect({ status, body }).toMatchObject({ status: expect.toBeOneOf([200, 202]) });
  const view = await routes.tables.tasks.getTaskView(readAnyId(idSchema.parse(body)) ?? '');
  if (view === undefined) throw new Error('The order was not accepted');
  return view;
}

const piapi = { model: 'hailuo', task_type: 'video_generation' };
const withImage = (image_url: string) => ({ ...piapi, input: { model: 'i2v-01', prompt, image_url } });
const upscale = '/v1/ai/haiper/video/upscale';
const extend = '/v1/ai/haiper/video/extend';
const film = { config: { sourceVideo: `${host}/film.mp4` } };
const source = { kind: 'url', url: `${host}/film.mp4`, takesHttp: true };

describe('media at a plain http URL', () => {
  it('is an image that a provider gets from us, as it was when it was measured', async () => {
    const { request } = await place('/api/v1/task', withImage(`${host}/a.png`));

    const { kind, key } = z.object({ kind: z.string(), key: z.string() }).parse(request.firstFrameImage);
    expect(kind).toBe('stored');
    expect(await media.getBytes(key, { maxBytes: png.length })).toEqual(new Uint8Array(png));
  });

  it.each([upscale, extend])('is a video that stays where it is at %s', async (path) => {
    expect((await place(path, film)).request.sourceVideo).toEqual(source);
  });

  it('is taken again for a retry, a retry of that and a remix of an order that was made from it', async () => {
    const end = async ({ task }: Awaited<ReturnType<typeof place>>) => {
      await settleTask({ ...task, failure: refusal }, routes.clock.now(), routes.tables.ledger);
      return `/v1/videos/${toVideoId(task.id)}`;
    };

    const first = await end(await place(extend, film));
    const retried = await place(`${first}/retry`);
    const again = await place(`${await end(retried)}/retry`);
    const remixed = await place(`${first}/remix`, { prompt });

    for (const { request } of [retried, again, remixed]) expect(request.sourceVideo).toEqual(source);
  });

  it.each([
    ['/api/v1/task', withImage(`${host}/none.png`), 'answered with status 404'],
    ['/api/v1/task', withImage(`${host}/film.mp4`), 'a JPEG, PNG or WebP image is needed'],
    ['/api/v1/task', withImage('http://169.254.169.254/a.png'), 'is not on the public internet'],
    ['/api/v1/task', withImage('http://user:secret@public.test/a.png'), 'holds credentials'],
    [upscale, { config: { sourceVideo: 'http://10.0.0.1/film.mp4' } }, 'is not on the public internet'],
    [upscale, { config: { sourceVideo: `${host}/a.png` } }, 'The file is no MP4'],
  ])('is refused at %s for %j, as any other', async (path, json, reason) => {
    const { status, body } = await send(path, json);

    expect(status).toBe(400);
    expect(JSON.stringify(body)).toContain(reason);
    expect(routes.started).toEqual([]);
  });

  it.each([
    { prompt, first_frame_image: `${host}/a.png` },
    { operation: 'upscale', source_video: `${host}/film.mp4` },
  ])('is refused by our own API: %j', async (order) => {
    for (const path of ['/v1/videos', '/v1/videos/quote']) {
      const { status, body } = await send(path, order);

      expect(status).toBe(422);
      expect(JSON.stringify(body)).toContain('public.test is addressed by http://, only https:// is fetched');
    }
  });
});
