import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { decimalId } from '../../../shared/providers/id-forms.ts';
import { placeCompletedOrder } from '../../support/completed-task.ts';
import { type ServedApi, startApi } from '../../support/served-api.ts';
import { storeTask } from '../../support/stored-tasks.ts';
import { bodies, type Refusal } from './maas-calls.ts';

let api: ServedApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const pathOf = (action: string, key = 'haiper') => `/v1/ai/${key}/video/${action}`;

const order = (action: string, json: unknown, message: string): Refusal => ({
  call: { path: pathOf(action), json },
  message,
});

const prompt = 'Fog';
const sourceVideo = 'https://vid.example.com/in.mp4';
const generate = (json: object, message: string) => order('generate', { prompt, ...json }, message);
const setting = (settings: unknown, message: string) => generate({ settings }, message);
const image = (sourceImage: unknown, message: string) => generate({ config: { sourceImage } }, message);
const upscale = (config: unknown, message: string) => order('upscale', { config }, message);
const extend = (json: object, message: string) =>
  order('extend', { config: { sourceVideo }, ...json }, message);
const extension = (settings: object, message: string) => extend({ settings }, message);

const notAnImage = 'config.sourceImage must be an http or https URL';
const notAVideo = 'config.sourceVideo must be an http or https URL, or the id of a task';
const durations = 'settings.duration must be one of 2, 4, 8';
const ratios = 'settings.aspectRatio must be one of 16:9, 9:16, 3:4, 4:3, 1:1';
const guidance = 'settings.guidanceScale must be a number from 0 to 100';
const noSource = 'config.sourceVideo is required';

const fields: Readonly<Record<string, Refusal>> = {
  'no prompt': order('generate', {}, 'prompt is required'),
  'a blank prompt': order('generate', { prompt: ' ' }, 'prompt is required'),
  'no prompt beside an image': order(
    'generate',
    { config: { sourceImage: sourceVideo } },
    'prompt is required',
  ),
  'a prompt that is a number': generate({ prompt: 5 }, 'prompt must be text'),
  'a prompt that is null': generate({ prompt: null }, 'prompt is required'),
  'a prompt that is a list': generate({ prompt: ['Fog'] }, 'prompt must be text'),
  'a prompt of 2001 characters': generate({ prompt: 'x'.repeat(2001) }, 'prompt has 2001 characters'),
  'half a face': generate({ prompt: '\udc00' }, 'half a surrogate pair'),
  'a negative prompt that is a number': generate({ negativePrompt: 5 }, 'negativePrompt must be text'),
  'a negative prompt with half a face': generate({ negativePrompt: '\udc00' }, 'negativePrompt must be text'),
  'a config that is text': generate({ config: 'none' }, 'config must be an object'),
  'a config that is a list': generate({ config: [] }, 'config must be an object'),
  'settings that are a number': setting(4, 'settings must be an object'),
  'a duration of 3': setting({ duration: 3 }, durations),
  'a duration of 0': setting({ duration: 0 }, durations),
  'a duration of 6': setting({ duration: 6 }, durations),
  'a duration as text': setting({ duration: '4' }, durations),
  'a broken duration': setting({ duration: 2.5 }, durations),
  'a seed as text': setting({ seed: '42' }, 'settings.seed must be a whole number'),
  'a broken seed': setting({ seed: 4.2 }, 'settings.seed must be a whole number'),
  'a seed of -2': setting({ seed: -2 }, 'settings.seed -2 is not offered for haiper t2v; allowed are -1 to'),
  'a large seed': setting({ seed: 2 ** 31 }, 'settings.seed 2147483648 is not offered'),
  'a seed that no number can hold': setting({ seed: 2 ** 60 }, 'settings.seed must be a whole number'),
  'an unknown ratio': setting({ aspectRatio: '21:9' }, ratios),
  'a blank ratio': setting({ aspectRatio: '' }, ratios),
  'a ratio as a number': setting({ aspectRatio: 1.78 }, ratios),
  'an image that is a number': image(7, notAnImage),
  'an image in a list': image([sourceVideo], notAnImage),
  'an image as a data URL': image('data:image/png;base64,AAAA', notAnImage),
  'an ftp image': image('ftp://a.example/a.png', notAnImage),
  'a path for an image': image('demo.jpg', notAnImage),
  'an s3 image': image('s3://media/inputs/acme/a.png', notAnImage),
  'an image on a private host': image('https://10.0.0.1/a.png', 'config.sourceImage from 10.0.0.1'),
  'an upscale without a config': order('upscale', {}, 'config is required'),
  'an upscale with an empty config': upscale({}, noSource),
  'an upscale of a blank': upscale({ sourceVideo: ' ' }, noSource),
  'an upscale of a number': upscale({ sourceVideo: 7 }, noSource),
  'an upscale of null': upscale({ sourceVideo: null }, noSource),
  'an upscale of a file name': upscale({ sourceVideo: 'in.mp4' }, notAVideo),
  'an upscale of a file URL': upscale({ sourceVideo: 'file:///etc/passwd' }, notAVideo),
  'an upscale of a data URL': upscale({ sourceVideo: 'data:video/mp4;base64,AAAA' }, notAVideo),
  'an upscale of an s3 URL': upscale({ sourceVideo: 's3://media/videos/a.mp4' }, notAVideo),
  'an upscale on a private host': upscale(
    { sourceVideo: 'https://10.0.0.1/a' },
    'config.sourceVideo from 10.0.0.1',
  ),
  'an upscale of an id in no form': upscale({ sourceVideo: 'abc' }, 'The video "abc" does not exist'),
  'an upscale of an unknown task': upscale({ sourceVideo: '1896852590888419329' }, 'does not exist'),
  'an upscale of a long URL': upscale(
    { sourceVideo: `https://a.example/${'x'.repeat(5000)}` },
    'config.sourceVideo must be an https URL of at most 4096 characters',
  ),
  'an extension without a config': order('extend', { prompt }, 'config is required'),
  'an extension without a source': order('extend', { config: { extendDuration: 4 } }, noSource),
  'an extension by 8 seconds': extend(
    { config: { sourceVideo, extendDuration: 8 } },
    'config.extendDuration must be one of 4, 2',
  ),
  'an extension by text': extend(
    { config: { sourceVideo, extendDuration: '4' } },
    'config.extendDuration must be one of 4, 2',
  ),
  'an extension with a prompt that is a number': extend({ prompt: 5 }, 'prompt must be text'),
  'an extension with a long prompt': extend({ prompt: 'x'.repeat(2001) }, 'prompt has 2001 characters'),
  'an extension with a broken seed': extension({ seed: 0.5 }, 'settings.seed must be a whole number'),
  'a guidance as text': extension({ guidanceScale: '7.5' }, guidance),
  'a guidance of -1': extension({ guidanceScale: -1 }, guidance),
  'a guidance of 101': extension({ guidanceScale: 101 }, guidance),
  'a guidance without an end': {
    call: {
      path: pathOf('extend'),
      body: '{"config":{"sourceVideo":"https://a.example/"},"settings":{"guidanceScale":1e999}}',
    },
    message: guidance,
  },
  'another provider': {
    call: { json: { prompt }, headers: { 'x-conch-provider': 'piapi' } },
    message: 'provider "piapi" does not offer haiper; haiper can',
  },
};

const addresses: Readonly<Record<string, Refusal>> = {
  ...Object.fromEntries(
    ['generate', 'upscale', 'extend'].map((action): [string, Refusal] => [
      `${action} under a path that nobody has`,
      {
        call: { path: pathOf(action, 'LPUqHEAj'), json: { prompt } },
        status: 404,
        message: `POST /v1/ai/LPUqHEAj/video/${action} does not exist`,
      },
    ]),
  ),
  "the path of one of the host's other models": {
    call: { path: pathOf('generate', 't2v'), json: { prompt } },
    status: 404,
    message: 'does not exist',
  },
  'no key': { call: { json: { prompt }, headers: { authorization: '' } }, status: 401, message: 'API key' },
  'an unknown key': {
    call: { json: { prompt }, headers: { authorization: 'Bearer conch_wrong' } },
    status: 401,
    message: 'API key is unknown',
  },
  'an unknown task': {
    call: { method: 'GET', path: pathOf('tasks/1234abcd') },
    status: 404,
    message: 'The task "1234abcd" does not exist',
  },
  'a task under a path that nobody has': {
    call: { method: 'GET', path: pathOf('tasks/1896852590888419329', 'LPUqHEAj') },
    status: 404,
    message: 'GET /v1/ai/LPUqHEAj/video/tasks/1896852590888419329 does not exist',
  },
};

const rows = Object.entries({ ...bodies, ...fields, ...addresses });

describe("Haiper's door", () => {
  it('is sent at least 40 malformed requests', () => {
    expect(rows.length).toBeGreaterThanOrEqual(40);
  });

  it.each(rows)(
    'refuses %s in its own shape, and accepts nothing',
    async (_, { call, status = 400, message }) => {
      const answer = await api.call({ method: 'POST', path: pathOf('generate'), ...call });

      expect(answer).toMatchObject({
        status,
        headers: { 'content-type': 'application/json' },
        body: { code: `${status}`, message: expect.stringContaining(message) },
      });
      expect(Object.keys(z.looseObject({}).parse(answer.body))).toEqual(['code', 'message']);
      expect(api.started).toEqual([]);
    },
  );

  it('refuses media that it fetched and that are something else', async () => {
    const video = { config: { sourceVideo: `${api.webUrl}/600x400.png` } };
    const still = { prompt, config: { sourceImage: `${api.webUrl}/film.mp4` } };
    const [film, frame] = await Promise.all([
      api.call({ method: 'POST', path: pathOf('upscale'), json: video }),
      api.call({ method: 'POST', path: pathOf('generate'), json: still }),
    ]);

    expect(film).toMatchObject({
      status: 400,
      body: { message: expect.stringMatching(/^config\.sourceVideo from/) },
    });
    expect(frame).toMatchObject({
      status: 400,
      body: { message: expect.stringMatching(/^config\.sourceImage from/) },
    });
    expect(api.started).toEqual([]);
  });

  it("takes no video of another account's, and none that is not done", async () => {
    const foreign = await placeCompletedOrder(api.tables, { account: 'rival' });
    const running = await storeTask(api.tables, { state: 'processing' });

    for (const { id } of [foreign, running])
      expect(
        await api.call({
          method: 'POST',
          path: pathOf('upscale'),
          json: { config: { sourceVideo: decimalId.toText(id) } },
        }),
      ).toMatchObject({
        status: 400,
        body: { message: expect.stringMatching(/^config\.sourceVideo: The video/) },
      });
    expect(await api.call({ path: pathOf(`tasks/${decimalId.toText(foreign.id)}`) })).toMatchObject({
      status: 404,
    });
  });
});
