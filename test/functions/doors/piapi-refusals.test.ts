import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { uuidId } from '../../../shared/providers/id-forms.ts';
import { type ServedApi, startApi } from '../../support/served-api.ts';
import { storeTask } from '../../support/stored-tasks.ts';
import { bodies, type Refusal } from './maas-calls.ts';

let api: ServedApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const path = '/api/v1/task';
const face = 'https://img.example.com/face.jpg';
const config = { service_mode: 'public' };
const text = { model: 't2v-01', prompt: 'A lighthouse' };
const image = { model: 'i2v-01', image_url: face };
const later = { model: 'v2.3', prompt: 'A lighthouse', duration: 6, resolution: 768 };
const order = { model: 'hailuo', task_type: 'video_generation', input: text, config };

const refusal = (changes: object, message: string): Refusal => ({
  call: { json: { ...order, ...changes } },
  message,
});
const withInput = (input: unknown, message: string) => refusal({ input }, message);
const ofText = (changes: object, message: string) => withInput({ ...text, ...changes }, message);
const ofImage = (image_url: unknown, message: string) => withInput({ ...image, image_url }, message);
const ofLater = (changes: object, message: string) => withInput({ ...later, ...changes }, message);
const withConfig = (changes: unknown, message: string) => refusal({ config: changes }, message);
const withWebhook = (webhook_config: unknown, message: string) =>
  withConfig({ ...config, webhook_config }, message);

const notHailuo = 'model must be hailuo';
const notVideo = 'task_type must be video_generation';
const noInput = 'input must be an object with the model';
const models =
  'input.model must be one of t2v-01, i2v-01, i2v-01-live, t2v-01-director, s2v-01, v2.3, v2.3-fast';
const notText = 'input.prompt must be text';
const tooLong = 'input.prompt is longer than 2000 characters';
const notAnImage = 'input.image_url must be an http or https URL';
const flag = 'input.expand_prompt must be true or false';
const notTimed = 'input.duration and input.resolution are not taken by t2v-01';
const timed = 'input.duration and input.resolution must be 6 and 768, 10 and 768, or 6 and 1080 for v2.3';
const notPublic = 'config.service_mode must be public';
const endpoint = 'config.webhook_config.endpoint must be an http or https URL of at most 4096 characters';
const secret = 'config.webhook_config.secret must be at most 1024 printable ASCII characters';

const fields: Readonly<Record<string, Refusal>> = {
  'an empty object': { call: { json: {} }, message: notHailuo },
  'no model': refusal({ model: undefined }, notHailuo),
  'another model': refusal({ model: 'kling' }, notHailuo),
  'a model in capitals': refusal({ model: 'HAILUO' }, notHailuo),
  'a model that is null': refusal({ model: null }, notHailuo),
  'a model in a list': refusal({ model: ['hailuo'] }, notHailuo),
  'no task type': refusal({ task_type: undefined }, notVideo),
  'another task type': refusal({ task_type: 'image_generation' }, notVideo),
  'a task type that is a number': refusal({ task_type: 1 }, notVideo),
  'no input': withInput(undefined, noInput),
  'an input that is null': withInput(null, noInput),
  'an input that is text': withInput('A lighthouse', noInput),
  'an input that is a list': withInput([text], noInput),
  'an input without a model': withInput({ prompt: 'A lighthouse' }, models),
  'an unknown input model': ofText({ model: 't2v-02' }, models),
  'a blank input model': ofText({ model: ' ' }, models),
  'our own name of a model': ofText({ model: 'hailuo-01' }, models),
  'an input model in capitals': ofText({ model: 'T2V-01' }, models),
  'an input model that is a number': ofText({ model: 2.3 }, models),
  'no prompt': ofText({ prompt: undefined }, 'input.prompt is required for t2v-01'),
  'an empty prompt': ofText({ prompt: '' }, 'input.prompt is required for t2v-01'),
  'a blank prompt': ofText({ prompt: ' \n\t' }, 'input.prompt is required for t2v-01'),
  'no prompt for the director': withInput(
    { model: 't2v-01-director' },
    'input.prompt is required for t2v-01-director',
  ),
  'no prompt beside a face': withInput(
    { model: 's2v-01', image_url: face },
    'input.prompt is required for s2v-01',
  ),
  'no prompt for a later model': ofLater({ prompt: undefined }, 'input.prompt is required for v2.3'),
  'a prompt that is a number': ofText({ prompt: 5 }, notText),
  'a prompt that is null': ofText({ prompt: null }, 'input.prompt is required for t2v-01'),
  'a prompt that is a list': ofText({ prompt: ['A lighthouse'] }, notText),
  'a prompt of 2001 characters': ofText({ prompt: 'x'.repeat(2001) }, tooLong),
  'a prompt of 2001 faces': ofText({ prompt: '😀'.repeat(2001) }, tooLong),
  'half a face': ofText({ prompt: '\ud83d' }, 'half a surrogate pair'),
  'an image for a video from text': ofText(
    { image_url: face },
    'input.image_url should not be provided for t2v-01',
  ),
  'an image for the director': ofText(
    { model: 't2v-01-director', image_url: face },
    'input.image_url should not be provided for t2v-01-director',
  ),
  'no image': ofImage(undefined, 'input.image_url is required for i2v-01'),
  'an empty image': ofImage('', 'input.image_url is required for i2v-01'),
  'a blank image': ofImage(' ', 'input.image_url is required for i2v-01'),
  'no image for the live model': withInput(
    { model: 'i2v-01-live' },
    'input.image_url is required for i2v-01-live',
  ),
  'no face': withInput({ model: 's2v-01', prompt: 'A lighthouse' }, 'input.image_url is required for s2v-01'),
  'no image for the fast model': ofLater({ model: 'v2.3-fast' }, 'input.image_url is required for v2.3-fast'),
  'an image that is a number': ofImage(7, notAnImage),
  'an image that is null': ofImage(null, 'input.image_url is required for'),
  'an image in a list': ofImage([face], notAnImage),
  'a path for an image': ofImage('/face.jpg', notAnImage),
  'an ftp image': ofImage('ftp://a.example/face.jpg', notAnImage),
  'a file for an image': ofImage('file:///etc/passwd', notAnImage),
  'an s3 image': ofImage('s3://media/inputs/acme/face.jpg', notAnImage),
  'an image as a data URL': ofImage('data:image/png;base64,AAAA', notAnImage),
  'an image on a private host': ofImage('https://10.0.0.1/face.jpg', 'input.image_url from 10.0.0.1'),
  'an image with a URL of 5000 characters': ofImage(
    `https://a.example/${'x'.repeat(5000)}`,
    'input.image_url must be an https URL of at most 4096 characters',
  ),
  'a flag as text': ofText({ expand_prompt: 'true' }, flag),
  'a flag as a number': ofText({ expand_prompt: 1 }, flag),
  'a duration for a model without one': ofText({ duration: 6 }, notTimed),
  'a resolution for a model without one': ofText({ resolution: 768 }, notTimed),
  'a duration of 8': ofLater({ duration: 8 }, timed),
  '10 seconds at 1080': ofLater({ duration: 10, resolution: 1080 }, timed),
  'no duration for a later model': ofLater({ duration: undefined }, timed),
  'a duration as text': ofLater({ duration: '6' }, 'input.duration must be a whole number'),
  'a broken duration': ofLater({ duration: 6.5 }, 'input.duration must be a whole number'),
  'a resolution as text': ofLater({ resolution: '768P' }, 'input.resolution must be a whole number'),
  'a resolution of 720': ofLater({ resolution: 720 }, timed),
  'a config that is text': withConfig('public', 'config must be an object'),
  'another service mode': withConfig({ service_mode: 'private' }, notPublic),
  'a webhook that is text': withWebhook('https://hooks.example.com/done', 'config.webhook_config must be'),
  'a webhook to a path': withWebhook({ endpoint: '/done' }, endpoint),
  'a webhook by ftp': withWebhook({ endpoint: 'ftp://hooks.example.com/' }, endpoint),
  'a webhook to a number': withWebhook({ endpoint: 7 }, endpoint),
  'a webhook with half a face': withWebhook({ endpoint: 'https://hooks.example.com/\ud83d' }, endpoint),
  'a webhook to a long URL': withWebhook({ endpoint: `https://a.example/${'x'.repeat(500_000)}` }, endpoint),
  'a webhook on a private host': withWebhook(
    { endpoint: 'https://10.0.0.1/' },
    'config.webhook_config.endpoint must lead to the public internet; got 10.0.0.1',
  ),
  'a long secret': withWebhook({ endpoint: face, secret: 'x'.repeat(1025) }, secret),
  'a secret that is a header': withWebhook({ endpoint: face, secret: 'a\nx-other: b' }, secret),
  'a secret that is a number': withWebhook({ endpoint: face, secret: 7 }, secret),
  'a provider that nobody knows': {
    call: { json: order, headers: { 'x-conch-provider': 'nobody' } },
    message: 'provider "nobody" is unknown',
  },
};

const unknownTask = '0d7c9b1e-6a52-4f0e-8f0e-3b1b8d2f6a10';

const addresses: Readonly<Record<string, Refusal>> = {
  'no key': { call: { json: order, headers: { authorization: '' } }, status: 401, message: 'API key' },
  'an unknown key': {
    call: { json: order, headers: { authorization: '', 'x-api-key': 'conch_wrong' } },
    status: 401,
    message: 'API key is unknown',
  },
  'a look at an unknown task': {
    call: { method: 'GET', path: `${path}/${unknownTask}` },
    status: 404,
    message: `The task "${unknownTask}" does not exist`,
  },
  'a look at what is no id': {
    call: { method: 'GET', path: `${path}/none` },
    status: 404,
    message: 'The task "none" does not exist',
  },
};

const rows = Object.entries({ ...bodies, ...fields, ...addresses });

describe("PiAPI's door", () => {
  it('is sent at least 40 malformed requests', () => {
    expect(rows.length).toBeGreaterThanOrEqual(40);
  });

  it.each(rows)(
    'refuses %s in its own shape, and accepts nothing',
    async (_, { call, status = 400, message }) => {
      const started = api.started.length;
      const answer = await api.call({ method: 'POST', path, ...call });

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

  it.each([
    ['/gone.png', 'answered with status 404'],
    ['/film.mp4', 'The file is a video'],
    ['/299x400.png', 'is 299x400 pixels'],
    ['/4097x1700.png', 'is 4097x1700 pixels'],
    ['/1600x600.png', 'has width ÷ height 2.667'],
  ])('refuses the image %s, which it fetched', async (image_url, message) => {
    const started = api.started.length;
    const json = { ...order, input: { ...image, image_url: `${api.webUrl}${image_url}` } };
    const answer = await api.call({ method: 'POST', path, json });

    expect(answer).toMatchObject({
      status: 400,
      body: { code: 400, message: expect.stringMatching(/^input\.image_url/), data: null },
    });
    expect(answer.body).toMatchObject({ message: expect.stringContaining(message) });
    expect(api.started).toHaveLength(started);
  });

  it("does not find another account's task", async () => {
    const task = await storeTask(api.tables, {}, { account: 'rival' });

    expect(await api.call({ path: `${path}/${uuidId.toText(task.id)}` })).toMatchObject({
      status: 404,
      body: { code: 404, data: null },
    });
  });

  it('refuses another order under a used Idempotency-Key', async () => {
    const call = { method: 'POST', path, headers: { 'idempotency-key': 'once' } };
    await api.call({ ...call, json: order });

    const answer = await api.call({ ...call, json: { ...order, input: { ...text, prompt: 'Another' } } });

    expect(answer).toMatchObject({ status: 409, body: { code: 409, data: null } });
  });

  it('refuses an order that no budget has room for', async () => {
    await api.tables.accounts.createAccount('acme', new Date(), { monthlyMicroUsd: 210_000 });

    const answer = await api.call({ method: 'POST', path, json: order });

    expect(answer).toMatchObject({ status: 402, body: { code: 402, message: expect.any(String) } });
  });
});
