import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ServedApi, startApi } from '../../support/served-api.ts';
import { bodies, type Refusal } from './maas-calls.ts';

const createPath = '/api/v1/jobs/createTask';
const recordPath = '/api/v1/jobs/recordInfo';
const prompt = 'Fog';
const image = 'https://img.example.com/a.png';
const text = 'hailuo/02-text-to-video-standard';
const textPro = 'hailuo/02-text-to-video-pro';
const frames = 'hailuo/02-image-to-video-standard';
const later = 'hailuo/2-3-image-to-video-standard';

const order = (model: string, input: object, message: string): Refusal => ({
  call: { json: { model, input: { prompt, ...input } } },
  message,
});
const body = (json: object, message: string): Refusal => ({ call: { json }, message });
const callBack = (callBackUrl: unknown, message = 'callBackUrl must be an http or https URL'): Refusal =>
  body({ model: text, callBackUrl, input: { prompt } }, message);

const notAnImage = 'input.image_url must be an http or https URL';
const durations = 'input.duration must be "6" or "10"';
const wordOfResolution = 'input.resolution must be one of 512P, 768P, 1080P';
const flag = 'input.prompt_optimizer must be true or false';

const fields: Readonly<Record<string, Refusal>> = {
  'an empty object': body({}, 'model must be one of hailuo/02-text-to-video-standard'),
  'no model': body({ input: { prompt } }, 'model must be one of'),
  'a blank model': body({ model: ' ', input: { prompt } }, 'model must be one of'),
  'a model that is a number': body({ model: 2, input: { prompt } }, 'model must be one of'),
  'a model that is null': body({ model: null, input: { prompt } }, 'model must be one of'),
  'a model in a list': body({ model: [text], input: { prompt } }, 'model must be one of'),
  'a guessed model': order('hailuo/2-3-text-to-video-pro', {}, 'model must be one of'),
  'a model of our own': order('hailuo-02', {}, 'model must be one of'),
  'a model in capitals': order(text.toUpperCase(), {}, 'model must be one of'),
  'no input': body({ model: text }, 'input must be an object with a prompt'),
  'an input that is null': body({ model: text, input: null }, 'input must be an object'),
  'an input that is text': body({ model: text, input: prompt }, 'input must be an object'),
  'an input that is a list': body({ model: text, input: [{ prompt }] }, 'input must be an object'),
  'an input without a prompt': body({ model: text, input: {} }, 'input.prompt is required'),
  'a prompt beside the input': body({ model: text, prompt, input: {} }, 'input.prompt is required'),
  'no prompt beside an image': body(
    { model: 'hailuo/02-image-to-video-pro', input: { image_url: image } },
    'input.prompt is required',
  ),
  'an empty prompt': order(text, { prompt: '' }, 'input.prompt is required'),
  'a blank prompt': order(text, { prompt: ' \n\t' }, 'input.prompt is required'),
  'a prompt that is a number': order(text, { prompt: 5 }, 'input.prompt must be text'),
  'a prompt that is null': order(text, { prompt: null }, 'input.prompt is required'),
  'a prompt that is a list': order(text, { prompt: [prompt] }, 'input.prompt must be text'),
  'a prompt of 1501 characters': order(text, { prompt: 'x'.repeat(1501) }, 'longer than 1500 characters'),
  'a prompt of 1501 faces': order(textPro, { prompt: '😀'.repeat(1501) }, 'longer than 1500 characters'),
  'a prompt of 5001 characters for a later model': order(
    later,
    { prompt: 'x'.repeat(5001), image_url: image },
    'longer than 5000 characters',
  ),
  'half a face': order(text, { prompt: '\ud83d' }, 'half a surrogate pair'),
  'a duration of 8': order(text, { duration: '8' }, durations),
  'a duration of 12 as a number': order(text, { duration: 12 }, durations),
  'a duration of 6.5': order(text, { duration: 6.5 }, durations),
  'a duration with a unit': order(text, { duration: '6s' }, durations),
  'a duration that is true': order(text, { duration: true }, durations),
  'a duration in a list': order(text, { duration: ['6'] }, durations),
  'a duration for a model without one': order(
    textPro,
    { duration: '6' },
    'input.duration is not taken by hailuo/02-text-to-video-pro',
  ),
  'a resolution for a model without one': order(
    text,
    { resolution: '768P' },
    'input.resolution is not taken by hailuo/02-text-to-video-standard',
  ),
  'a resolution of 720P': order(later, { image_url: image, resolution: '720P' }, wordOfResolution),
  'a resolution in small letters': order(later, { image_url: image, resolution: '768p' }, wordOfResolution),
  'a resolution that is a number': order(later, { image_url: image, resolution: 768 }, wordOfResolution),
  '1080P of an older model': order(
    frames,
    { image_url: image, resolution: '1080P' },
    'input.duration 10 is not made at 1080P by hailuo/02-image-to-video-standard',
  ),
  '512P of a later model': order(later, { image_url: image, resolution: '512P' }, 'is not made at 512P'),
  '10 seconds at 1080P': order(
    later,
    { image_url: image, duration: '10', resolution: '1080P' },
    'input.duration 10 is not made at 1080P',
  ),
  'an optimizer as text': order(text, { prompt_optimizer: 'true' }, flag),
  'an optimizer as a number': order(text, { prompt_optimizer: 1 }, flag),
  'an optimizer for a later model': order(
    later,
    { image_url: image, prompt_optimizer: false },
    'input.prompt_optimizer is not taken by hailuo/2-3-image-to-video-standard',
  ),
  'an image for a video from text': order(text, { image_url: image }, 'input.image_url is not taken by'),
  'no image': order(frames, {}, 'input.image_url is required by hailuo/02-image-to-video-standard'),
  'a blank image': order(later, { image_url: ' ' }, 'input.image_url is required by'),
  'a last frame without a first': order(frames, { end_image_url: image }, 'input.image_url is required by'),
  'a last frame for a later model': order(
    later,
    { image_url: image, end_image_url: image },
    'input.end_image_url is not taken by',
  ),
  'an image that is a number': order(frames, { image_url: 7 }, notAnImage),
  'an image that is null': order(frames, { image_url: null }, 'input.image_url is required by'),
  'an image in a list': order(frames, { image_url: [image] }, notAnImage),
  'a file name for an image': order(frames, { image_url: 'face.jpg' }, notAnImage),
  'a data URL': order(frames, { image_url: 'data:image/png;base64,AAAA' }, notAnImage),
  'an s3 URL': order(frames, { image_url: 's3://media/inputs/acme/face.jpg' }, notAnImage),
  'an ftp URL': order(frames, { image_url: 'ftp://a.example/face.jpg' }, notAnImage),
  'a file URL for a last frame': order(
    frames,
    { image_url: image, end_image_url: 'file:///etc/passwd' },
    'input.end_image_url must be an http or https URL',
  ),
  'a long image URL': order(
    frames,
    { image_url: `https://a.example/${'x'.repeat(5000)}` },
    'input.image_url must be an https URL of at most 4096 characters',
  ),
  'an image on a private host': order(
    frames,
    { image_url: 'https://10.0.0.1/a.png' },
    'input.image_url from 10.0.0.1',
  ),
  'a last frame on a private host': order(
    frames,
    { image_url: 'https://10.0.0.1/a.png', end_image_url: 'https://10.0.0.1/b.png' },
    'from 10.0.0.1',
  ),
  'a callback that is a number': callBack(5),
  'a callback to a file': callBack('file:///etc/passwd'),
  'a callback to a private host': callBack(
    'https://10.0.0.1/done',
    'callBackUrl must lead to the public internet; got 10.0.0.1',
  ),
  'a callback to a path': callBack('/done'),
  'a long callback': callBack(`https://a.example/${'x'.repeat(5000)}`, 'at most 4096 characters'),
  'another provider': {
    call: { json: { model: text, input: { prompt } }, headers: { 'x-conch-provider': 'nobody' } },
    message: 'provider "nobody" is unknown',
  },
};

const get = (path: string) => ({ method: 'GET', path });

const addresses: Readonly<Record<string, Refusal>> = {
  'no key': { call: { json: {}, headers: { authorization: '' } }, status: 401, message: 'API key' },
  'an unknown key': {
    call: { json: {}, headers: { authorization: 'Bearer conch_wrong' } },
    status: 401,
    message: 'API key is unknown',
  },
  'an unknown task': {
    call: get(`${recordPath}?taskId=task_hailuo_1765185342188`),
    status: 404,
    message: 'The task "task_hailuo_1765185342188" does not exist',
  },
  'an unknown UUID': {
    call: get(`${recordPath}?taskId=281e5b0aa1c04d2f9e63c1d2b7f39b91`),
    status: 404,
    message: 'does not exist',
  },
  'a look without an id': { call: get(recordPath), status: 404, message: 'A task without an id' },
  'a look with a blank id': {
    call: get(`${recordPath}?taskId=%20`),
    status: 404,
    message: 'A task without an id',
  },
  'a look with a long id': {
    call: get(`${recordPath}?taskId=${'9'.repeat(5000)}`),
    status: 404,
    message: 'does not exist',
  },
};

const rows = Object.entries({ ...bodies, ...fields, ...addresses });

/** What every door of the market dialect refuses, spoken to with a key that has the setting `door`. */
export function describeMarketRefusals(name: string, door: string): void {
  let api: ServedApi;
  let key: string;
  beforeAll(async () => {
    api = await startApi();
    key = (await api.tables.accounts.createKey('acme', new Date(), { door })).text;
  });
  afterAll(() => api.close());

  describe(name, () => {
    it('is sent at least 40 malformed requests', () => {
      expect(rows.length).toBeGreaterThanOrEqual(40);
    });

    it.each(rows)(
      'refuses %s in its own shape, and accepts nothing',
      async (_, { call: { headers, ...call }, status = 422, message }) => {
        const code = status === 413 ? 422 : status;

        const answer = await api.call({
          ...{ method: 'POST', path: createPath, ...call },
          headers: { authorization: `Bearer ${key}`, ...headers },
        });

        expect(answer).toMatchObject({ status: code, headers: { 'content-type': 'application/json' } });
        expect(answer.body).toEqual({ code, msg: expect.stringContaining(message), data: null });
        expect(api.started).toEqual([]);
      },
    );

    it.each([
      ['none.png', /^input\.image_url from .*404/],
      ['film.mp4', /^input\.image_url from /],
      ['299x299.png', /^input\.image_url is 299x299 pixels/],
      ['1000x400.png', /^input\.image_url has width ÷ height 2\.500/],
    ])('refuses the image %s that it fetched', async (file, message) => {
      const json = { model: frames, input: { prompt, image_url: `${api.webUrl}/${file}` } };
      const headers = { authorization: `Bearer ${key}` };

      const answer = await api.call({ method: 'POST', path: createPath, json, headers });

      expect(answer).toMatchObject({
        status: 422,
        body: { code: 422, msg: expect.stringMatching(message), data: null },
      });
      expect(api.started).toEqual([]);
    });

    it('answers an order that no budget is left for with 402', async () => {
      await api.tables.accounts.createAccount('poor', new Date(), { monthlyMicroUsd: 1 });
      const { text: poor } = await api.tables.accounts.createKey('poor', new Date(), { door });
      const json = { model: text, input: { prompt } };
      const headers = { authorization: `Bearer ${poor}` };

      const answer = await api.call({ method: 'POST', path: createPath, json, headers });

      expect(answer).toMatchObject({ status: 402, body: { code: 402, data: null } });
      expect(api.started).toEqual([]);
    });
  });
}
