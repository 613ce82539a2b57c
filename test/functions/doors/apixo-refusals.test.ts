import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { taskNumberId } from '../../../shared/providers/id-forms.ts';
import { readFixture } from '../../support/read-fixture.ts';
import { type ServedApi, startApi } from '../../support/served-api.ts';
import { storeTask } from '../../support/stored-tasks.ts';
import { bodies, type Refusal } from './maas-calls.ts';

let api: ServedApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const pathOf = (model: string) => `/api/v1/generateTask/${model}`;
const fast = 'hailuo-2-3-fast';
const both = 'hailuo-2-3';
const face = 'https://img.example.com/face.jpg';
const text = { mode: 'standard-text-to-video', prompt: 'A lighthouse', duration: 6 };
const image = {
  mode: 'standard-image-to-video',
  prompt: 'A portrait',
  image_urls: [face],
  duration: 6,
};

const order = (json: unknown, message: string, model = both): Refusal => ({
  call: { path: pathOf(model), json },
  message,
});
const ofText = (changes: object, message: string) => order({ input: { ...text, ...changes } }, message);
const ofImage = (changes: object, message: string) =>
  order({ input: { ...image, ...changes } }, message, fast);
const withField = (fields: object, message: string) => order({ input: text, ...fields }, message);

const noMode = 'Invalid mode type';
const noInput = 'input is required: an object with the mode';
const noPrompt = 'input.prompt is required';
const notText = 'input.prompt must be text';
const notUrls = 'input.image_urls must be a list of URLs';
const oneUrl = 'input.image_urls must be a list of one http or https URL for standard-image-to-video';
const durations = 'input.duration must be 6 or 10 for standard-text-to-video';
const noCallback = 'callback_url must be an http or https URL of at most 4096 characters when';
const callback = (callback_url: unknown, message = noCallback) =>
  withField({ request_type: 'callback', callback_url }, message);

const fields: Readonly<Record<string, Refusal>> = {
  'no input': order({}, noInput),
  'an input that is null': order({ input: null }, noInput),
  'an input that is text': order({ input: 'A lighthouse' }, noInput),
  'an input that is a list': order({ input: [text] }, noInput),
  'no mode': ofText({ mode: undefined }, noMode),
  'an unknown mode': ofText({ mode: 'director' }, noMode),
  'a blank mode': ofText({ mode: ' ' }, noMode),
  'a mode in capitals': ofText({ mode: 'STANDARD-TEXT-TO-VIDEO' }, noMode),
  'a mode that is a number': ofText({ mode: 1 }, noMode),
  'a text for the fast model': order({ input: text }, noMode, fast),
  'a sharp text for the fast model': order({ input: { ...text, mode: 'pro-text-to-video' } }, noMode, fast),
  'no prompt': ofText({ prompt: undefined }, noPrompt),
  'an empty prompt': ofText({ prompt: '' }, noPrompt),
  'a blank prompt': ofText({ prompt: ' \n\t' }, noPrompt),
  'no prompt beside an image': ofImage({ prompt: undefined }, noPrompt),
  'a prompt that is a number': ofText({ prompt: 5 }, notText),
  'a prompt that is null': ofText({ prompt: null }, 'input.prompt is required'),
  'a prompt that is a list': ofText({ prompt: ['A lighthouse'] }, notText),
  'a prompt of 2001 characters': ofText(
    { prompt: 'x'.repeat(2001) },
    'input.prompt is longer than 2000 characters',
  ),
  'a prompt of 2001 faces': ofText({ prompt: '😀'.repeat(2001) }, 'longer than 2000 characters'),
  'half a face': ofText({ prompt: '\ud83d' }, 'half a surrogate pair'),
  'no duration': ofText({ duration: undefined }, durations),
  'a duration of 8': ofText({ duration: 8 }, durations),
  'a duration of 8 as text': ofText({ duration: '8' }, durations),
  'a duration of 6.5': ofText({ duration: 6.5 }, durations),
  'a duration of 0': ofText({ duration: 0 }, durations),
  'a blank duration': ofText({ duration: '' }, durations),
  'a duration that is null': ofText({ duration: null }, durations),
  'a duration in a list': ofText({ duration: [6] }, durations),
  'a duration in words': ofText({ duration: 'six' }, durations),
  'an image for a text': ofText({ image_urls: [face] }, 'input.image_urls is not taken by standard-text'),
  'no images': ofImage({ image_urls: undefined }, oneUrl),
  'an empty list of images': ofImage({ image_urls: [] }, oneUrl),
  'a blank image': ofImage({ image_urls: [' '] }, oneUrl),
  'two images': ofImage({ image_urls: [face, face] }, oneUrl),
  'an image in no list': ofImage({ image_urls: face }, notUrls),
  'images that are null': ofImage({ image_urls: null }, oneUrl),
  'an image that is a number': ofImage({ image_urls: [7] }, notUrls),
  'an image in an object': ofImage({ image_urls: [{ url: face }] }, notUrls),
  'a path for an image': ofImage({ image_urls: ['/face.jpg'] }, oneUrl),
  'an ftp image': ofImage({ image_urls: ['ftp://a.example/face.jpg'] }, oneUrl),
  'a file for an image': ofImage({ image_urls: ['file:///etc/passwd'] }, oneUrl),
  'an s3 image': ofImage({ image_urls: ['s3://media/inputs/acme/face.jpg'] }, oneUrl),
  'an image as a data URL': ofImage({ image_urls: ['data:image/png;base64,AAAA'] }, oneUrl),
  'an image on a private host': ofImage(
    { image_urls: ['https://10.0.0.1/face.jpg'] },
    'input.image_urls from 10.0.0.1',
  ),
  'an image with a URL of 5000 characters': ofImage(
    { image_urls: [`https://a.example/${'x'.repeat(5000)}`] },
    'input.image_urls must be an https URL of at most 4096 characters',
  ),
  'an unknown request type': withField({ request_type: 'sync' }, 'request_type must be async or callback'),
  'a callback to nowhere': callback(undefined),
  'a callback to a blank': callback(' '),
  'a callback to a path': callback('/done'),
  'a callback by ftp': callback('ftp://hooks.example.com/done'),
  'a callback with half a face': callback('https://hooks.example.com/\ud83d'),
  'a callback to a URL of 5000 characters': callback(`https://hooks.example.com/${'x'.repeat(5000)}`),
  'a callback to a number': callback(7, 'callback_url must be text'),
  'an unknown strategy': withField({ provider: 'cheapest' }, 'provider must be one of auto, value, official'),
  'the name of a provider': withField({ provider: 'piapi' }, 'provider must be one of auto, value, official'),
  'a blank strategy': withField({ provider: '' }, 'provider must be one of auto, value, official'),
  'a provider that nobody knows': {
    call: { path: pathOf(both), json: { input: text }, headers: { 'x-conch-provider': 'nobody' } },
    message: 'provider "nobody" is unknown',
  },
};

const unknownTask = 'task_12345678';
const look = (path: string, status: number, message: string): Refusal => ({
  call: { method: 'GET', path },
  status,
  message,
});

const addresses: Readonly<Record<string, Refusal>> = {
  'an unknown model': {
    call: { path: pathOf('hailuo-02'), json: { input: text } },
    status: 404,
    message: 'POST /api/v1/generateTask/hailuo-02 does not exist',
  },
  'our own name of a model': {
    call: { path: pathOf('hailuo-2.3'), json: { input: text } },
    status: 404,
    message: 'does not exist',
  },
  'no key': {
    call: { json: { input: text }, headers: { authorization: '' } },
    status: 401,
    message: 'API key',
  },
  'an unknown key': {
    call: { json: { input: text }, headers: { authorization: 'Bearer conch_wrong' } },
    status: 401,
    message: 'API key is unknown',
  },
  'a look at no task': look(`/api/v1/statusTask/${both}`, 404, 'A task without an id does not exist'),
  'a look at a blank': look(`/api/v1/statusTask/${both}?taskId=%20`, 404, 'A task without an id'),
  'a look at an unknown task': look(
    `/api/v1/statusTask/${both}?taskId=${unknownTask}`,
    404,
    `The task "${unknownTask}" does not exist`,
  ),
  'a look under an unknown model': look(
    `/api/v1/statusTask/hailuo-02?taskId=${unknownTask}`,
    404,
    'GET /api/v1/statusTask/hailuo-02 does not exist',
  ),
};

const rows = Object.entries({ ...bodies, ...fields, ...addresses });

describe("Apixo's door", () => {
  it('is sent at least 40 malformed requests', () => {
    expect(rows.length).toBeGreaterThanOrEqual(40);
  });

  it.each(rows)(
    'refuses %s in its own shape, and accepts nothing',
    async (_, { call, status = 400, message }) => {
      const started = api.started.length;
      const answer = await api.call({ method: 'POST', path: pathOf(both), ...call });

      expect(answer).toMatchObject({
        status,
        headers: { 'content-type': 'application/json' },
        body: { code: status, message: expect.stringContaining(message), data: null },
      });
      expect(Object.keys(z.looseObject({}).parse(answer.body))).toEqual(['code', 'message', 'data']);
      expect(api.started).toHaveLength(started);
      expect(api.objects).toEqual([]);
    },
  );

  it("refuses what the document refuses in the document's own words", async () => {
    const call = { method: 'POST', path: pathOf(fast), json: { input: text } };

    expect((await api.call(call)).body).toEqual(JSON.parse(readFixture('apixo/refused')));
  });

  it.each([
    ['/gone.png', 'answered with status 404'],
    ['/film.mp4', 'The file is a video'],
    ['/250x600.png', 'is 250x600 pixels'],
    ['/1600x600.png', 'has width ÷ height 2.667'],
  ])('refuses the image %s, which it fetched', async (path, message) => {
    const started = api.started.length;
    const json = { input: { ...image, image_urls: [`${api.webUrl}${path}`] } };
    const answer = await api.call({ method: 'POST', path: pathOf(fast), json });

    expect(answer).toMatchObject({
      status: 400,
      body: { code: 400, message: expect.stringContaining(message) },
    });
    expect(answer.body).toMatchObject({ message: expect.stringContaining('input.image_urls') });
    expect(api.started).toHaveLength(started);
  });

  it("does not find another account's task", async () => {
    const task = await storeTask(api.tables, {}, { account: 'rival' });
    const taskId = taskNumberId.toText(task.id);

    expect(await api.call({ path: `/api/v1/statusTask/${both}?taskId=${taskId}` })).toMatchObject({
      status: 404,
      body: { code: 404, data: null },
    });
  });

  it('refuses another order under a used Idempotency-Key', async () => {
    const call = { method: 'POST', path: pathOf(both), headers: { 'idempotency-key': 'once' } };
    await api.call({ ...call, json: { input: text } });

    const answer = await api.call({ ...call, json: { input: { ...text, duration: 10 } } });

    expect(answer).toMatchObject({ status: 409, body: { code: 409, data: null } });
  });

  it('refuses an order that no budget has room for', async () => {
    await api.tables.accounts.createAccount('acme', new Date(), { monthlyMicroUsd: 310_000 });

    const answer = await api.call({ method: 'POST', path: pathOf(both), json: { input: text } });

    expect(answer).toMatchObject({ status: 402, body: { code: 402, message: expect.any(String) } });
  });
});
