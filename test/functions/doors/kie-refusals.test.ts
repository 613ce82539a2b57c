import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { hailuoBase36Id } from '../../../shared/providers/id-forms.ts';
import { readFixture } from '../../support/read-fixture.ts';
import { type ServedApi, startApi } from '../../support/served-api.ts';
import { storeTask } from '../../support/stored-tasks.ts';
import { bodies, type Refusal } from './maas-calls.ts';

let api: ServedApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const path = '/api/v1/hailuo/generate';
const text = { prompt: 'A lighthouse', model: 'hailuo-2-3' };

interface NumberedRefusal extends Refusal {
  readonly code: number;
}

const order = (code: number, changes: object, message: string): NumberedRefusal => ({
  call: { json: { ...text, ...changes } },
  code,
  message,
});
const ofPrompt = (changes: object, message: string) => order(1001, changes, `Invalid prompt: ${message}`);
const ofImage = (imageUrl: unknown, message: string) =>
  order(1002, { imageUrl }, `Invalid image: ${message}`);
const ofField = (changes: object, message: string) => order(1004, changes, `Invalid parameters: ${message}`);

const notText = 'prompt is required: a text';
const tooLong = 'prompt is longer than 800 characters';
const notAnImage = 'imageUrl must be an http or https URL';
const durations = 'duration must be one of the numbers 6, 8, 10';
const resolutions = 'resolution must be 720p or 1080p';
const ratios = 'aspectRatio must be one of 16:9, 9:16, 1:1';
const seeds = 'seed must be a whole number from 10000 to 99999';
const models = 'model must be one of hailuo-02, hailuo-2-3, hailuo-2-3-fast';
const notCalled = 'callBackUrl must be an http or https URL of at most 4096 characters';
const notAtOnce = '10-second videos are not supported at 1080p';

const fields: Readonly<Record<string, NumberedRefusal>> = {
  'no prompt': ofPrompt({ prompt: undefined }, notText),
  'an empty prompt': ofPrompt({ prompt: '' }, 'prompt is required'),
  'a blank prompt': ofPrompt({ prompt: ' \n\t' }, 'prompt is required'),
  'a blank prompt beside an image': ofPrompt(
    { prompt: ' ', imageUrl: 'https://a.example/a.png' },
    'prompt is required',
  ),
  'a prompt that is a number': ofPrompt({ prompt: 5 }, notText),
  'a prompt that is null': ofPrompt({ prompt: null }, notText),
  'a prompt that is a list': ofPrompt({ prompt: ['A lighthouse'] }, notText),
  'a prompt that is an object': ofPrompt({ prompt: { text: 'A lighthouse' } }, notText),
  'a prompt of 801 characters': ofPrompt({ prompt: 'x'.repeat(801) }, tooLong),
  'a prompt of 801 faces': ofPrompt({ prompt: '😀'.repeat(801) }, tooLong),
  'half a face': ofPrompt({ prompt: '\ud83d' }, 'prompt must be text'),
  'an image that is a number': ofImage(7, 'imageUrl must be a URL'),
  'an image in a list': ofImage(['https://a.example/a.png'], 'imageUrl must be a URL'),
  'an empty image': ofImage('', notAnImage),
  'a blank image': ofImage(' ', notAnImage),
  'a path for an image': ofImage('/landscape.jpg', notAnImage),
  'an ftp image': ofImage('ftp://a.example/a.png', notAnImage),
  'a file for an image': ofImage('file:///etc/passwd', notAnImage),
  'an s3 image': ofImage('s3://media/inputs/acme/a.png', notAnImage),
  'an image as a data URL': ofImage('data:image/png;base64,AAAA', notAnImage),
  'an image on a private host': ofImage('https://10.0.0.1/a.png', 'imageUrl from 10.0.0.1'),
  'an image with a URL of 5000 characters': ofImage(
    `https://a.example/${'x'.repeat(5000)}`,
    'imageUrl must be an https URL of at most 4096 characters',
  ),
  'an unknown model': ofField({ model: 'hailuo-01' }, models),
  'our own name of a model': ofField({ model: 'hailuo-2.3' }, models),
  'a blank model': ofField({ model: '' }, models),
  'a model that is a number': ofField({ model: 2.3 }, models),
  'the fast model without an image': ofField(
    { model: 'hailuo-2-3-fast' },
    'hailuo-2-3-fast makes nothing from text',
  ),
  'the 12 seconds of its table': ofField({ duration: 12 }, durations),
  'a duration of 7': ofField({ duration: 7 }, durations),
  'a duration of 0': ofField({ duration: 0 }, durations),
  'a duration as text': ofField({ duration: '6' }, durations),
  'an unknown resolution': ofField({ resolution: '4k' }, resolutions),
  'a resolution of 512p': ofField({ resolution: '512p' }, resolutions),
  'a resolution as a number': ofField({ resolution: 1080 }, resolutions),
  'a blank resolution': ofField({ resolution: '' }, resolutions),
  '10 seconds at 1080p': ofField({ duration: 10, resolution: '1080p' }, notAtOnce),
  '10 seconds at 1080P': ofField({ duration: 10, resolution: '1080P' }, notAtOnce),
  'an unknown ratio': ofField({ aspectRatio: '4:3' }, ratios),
  'a blank ratio': ofField({ aspectRatio: ' ' }, ratios),
  'a ratio as a number': ofField({ aspectRatio: 1.78 }, ratios),
  'an unknown ratio beside an image': ofField(
    { imageUrl: 'https://a.example/a.png', aspectRatio: '4:3' },
    ratios,
  ),
  'a seed of 4 digits': ofField({ seed: 9999 }, seeds),
  'a seed of 6 digits': ofField({ seed: 100_000 }, seeds),
  'a seed as text': ofField({ seed: '67890' }, seeds),
  'a broken seed': ofField({ seed: 12_345.6 }, seeds),
  'a blank callback': ofField({ callBackUrl: ' ' }, notCalled),
  'a callback to a path': ofField({ callBackUrl: '/done' }, notCalled),
  'a callback by ftp': ofField({ callBackUrl: 'ftp://hooks.example.com/done' }, notCalled),
  'a callback with half a face': ofField({ callBackUrl: 'https://hooks.example.com/\ud83d' }, notCalled),
  'a callback to a URL of 5000 characters': ofField(
    { callBackUrl: `https://hooks.example.com/${'x'.repeat(5000)}` },
    notCalled,
  ),
  'a callback to a number': ofField({ callBackUrl: 7 }, 'callBackUrl must be a URL'),
};

const chosen = (provider: string, json: object, message: string): NumberedRefusal => ({
  call: { json: { ...text, ...json }, headers: { 'x-conch-provider': provider } },
  code: 1004,
  message: `Invalid parameters: ${message}`,
});

/** What no provider makes, or not the one that was asked for. */
const unserved: Readonly<Record<string, NumberedRefusal>> = {
  'an unknown provider': chosen('nobody', {}, 'provider "nobody" is unknown'),
  '8 seconds of a provider without them': chosen('minimax', { duration: 8 }, '8 seconds is not offered'),
  'a seed for a provider without one': chosen('minimax', { seed: 67_890 }, 'seed 67890 is not offered'),
  'a ratio for a provider without one': chosen('minimax', { aspectRatio: '1:1' }, 'aspectRatio 1:1 is not'),
};

const addresses: Readonly<Record<string, NumberedRefusal>> = {
  'no key': {
    call: { json: text, headers: { authorization: '' } },
    ...{ status: 401, code: 401, message: 'API key' },
  },
  'an unknown key': {
    call: { json: text, headers: { authorization: 'Bearer conch_wrong' } },
    ...{ status: 401, code: 401, message: 'API key is unknown' },
  },
  'a look at no task': {
    call: { method: 'GET', path: '/api/v1/hailuo/record-info' },
    ...{ status: 404, code: 1004, message: 'A task without an id does not exist' },
  },
  'a look at an unknown task': {
    call: { method: 'GET', path: '/api/v1/hailuo/record-info?taskId=hailuo_ghi789jkl' },
    ...{ status: 404, code: 1004, message: 'The task "hailuo_ghi789jkl" does not exist' },
  },
};

const numberedBodies = Object.entries(bodies).map(([name, refusal]): [string, NumberedRefusal] => [
  name,
  { ...refusal, code: 1004 },
]);
const rows = [...numberedBodies, ...Object.entries({ ...fields, ...unserved, ...addresses })];

describe("KIE's door", () => {
  it('is sent at least 40 malformed requests', () => {
    expect(rows.length).toBeGreaterThanOrEqual(40);
  });

  it.each(rows)(
    'refuses %s in its own shape, and accepts nothing',
    async (_, { call, status = 400, code, message }) => {
      const started = api.started.length;
      const answer = await api.call({ method: 'POST', path, ...call });

      expect(answer).toMatchObject({
        status,
        headers: { 'content-type': 'application/json' },
        body: { code, message: expect.stringContaining(message), data: null },
      });
      expect(Object.keys(z.looseObject({}).parse(answer.body))).toEqual(['code', 'message', 'data']);
      expect(api.started).toHaveLength(started);
      expect(api.objects).toEqual([]);
    },
  );

  /** Examples of the document that its own rules exclude. */
  it.each([['create-document-t2v', 'error-1004']])('refuses the example %s with %s', async (name, error) => {
    const started = api.started.length;
    const answer = await api.call({ method: 'POST', path, json: JSON.parse(readFixture(`kie/${name}`)) });

    expect(answer).toMatchObject({ status: 400, body: JSON.parse(readFixture(`kie/${error}`)) });
    expect(api.started).toHaveLength(started);
  });

  it.each([
    ['/gone.png', 'answered with status 404'],
    ['/film.mp4', 'The file is a video'],
    ['/250x600.png', 'is 250x600 pixels'],
  ])('refuses the image %s, which it fetched', async (image, message) => {
    const started = api.started.length;
    const json = { ...text, imageUrl: `${api.webUrl}${image}` };
    const answer = await api.call({ method: 'POST', path, json });

    expect(answer).toMatchObject({
      status: 400,
      body: { code: 1002, message: expect.stringMatching(/^Invalid image: imageUrl/) },
    });
    expect(answer.body).toMatchObject({ message: expect.stringContaining(message) });
    expect(api.started).toHaveLength(started);
  });

  it("does not find another account's task", async () => {
    const task = await storeTask(api.tables, {}, { account: 'rival' });
    const taskId = hailuoBase36Id.toText(task.id);

    expect(await api.call({ path: `/api/v1/hailuo/record-info?taskId=${taskId}` })).toMatchObject({
      status: 404,
      body: { code: 1004, data: null },
    });
  });

  it('refuses another order under a used Idempotency-Key', async () => {
    const call = { method: 'POST', path, headers: { 'idempotency-key': 'once' } };
    await api.call({ ...call, json: text });

    const answer = await api.call({ ...call, json: { ...text, prompt: 'Another' } });

    expect(answer).toMatchObject({ status: 409, body: { code: 1004, data: null } });
  });

  it('refuses an order that no budget has room for', async () => {
    await api.tables.accounts.createAccount('acme', new Date(), { monthlyMicroUsd: 300_000 });

    const answer = await api.call({ method: 'POST', path, json: text });

    expect(answer).toMatchObject({
      status: 402,
      body: { code: 1003, message: expect.stringMatching(/^Insufficient credits: /) },
    });
  });
});
