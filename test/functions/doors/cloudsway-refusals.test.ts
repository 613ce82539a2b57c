import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { decimalId } from '../../../shared/providers/id-forms.ts';
import { createGif, createPng } from '../../support/images.ts';
import { type ServedApi, startApi } from '../../support/served-api.ts';
import { storeTask } from '../../support/stored-tasks.ts';
import { bodies, type Refusal } from './maas-calls.ts';

let api: ServedApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const generate = (key: string) => `/v1/ai/${key}/hailuo/video/generate`;

/** A refused order for the model `key`. */
const order = (key: string, json: unknown, message: string): Refusal => ({
  call: { path: generate(key), json },
  message,
});

const prompt = 'A lighthouse';
const face = 'https://img.example.com/face.jpg';
const subject = { type: 'character', image: [face] };
const dataUrl = (type: string, bytes: Buffer) => `data:${type};base64,${bytes.toString('base64')}`;
const notAnImage = 'firstFrameImage must be an http or https URL, or a data URL of a JPEG or PNG';

const fields: Readonly<Record<string, Refusal>> = {
  'text without a prompt': order('t2v', {}, 'prompt is required for t2v'),
  'text with an empty prompt': order('t2v', { prompt: '' }, 'prompt is required for t2v'),
  'text with a blank prompt': order('t2v', { prompt: ' \n\t' }, 'prompt is required for t2v'),
  'a director without a prompt': order('t2v_director', { promptOptimizer: true }, 'prompt is required'),
  'text with an image but no prompt': order('t2v', { firstFrameImage: face }, 'prompt is required'),
  'a prompt that is a number': order('t2v', { prompt: 5 }, 'prompt must be text'),
  'a prompt that is null': order('t2v', { prompt: null }, 'prompt is required for t2v'),
  'a prompt that is a list': order('i2v', { prompt: [prompt], firstFrameImage: face }, 'prompt must be text'),
  'a prompt that is an object': order('t2v', { prompt: { text: prompt } }, 'prompt must be text'),
  'a prompt of 2001 characters': order('t2v', { prompt: 'x'.repeat(2001) }, 'longer than 2000 characters'),
  'a prompt of 2001 faces': order(
    't2v_director',
    { prompt: '😀'.repeat(2001) },
    'longer than 2000 characters',
  ),
  'half a face': order('t2v', { prompt: '\ud83d' }, 'half a surrogate pair'),
  'an optimizer as text': order(
    't2v',
    { prompt, promptOptimizer: 'true' },
    'promptOptimizer must be true or false',
  ),
  'an optimizer as a number': order(
    't2v',
    { prompt, promptOptimizer: 1 },
    'promptOptimizer must be true or false',
  ),
  'an optimizer in snake case as text': order(
    't2v',
    { prompt, prompt_optimizer: 'no' },
    'prompt_optimizer must be',
  ),
  'two optimizers': order(
    't2v',
    { prompt, promptOptimizer: true, prompt_optimizer: false },
    'promptOptimizer and prompt_optimizer mean the same; give one of them',
  ),
  'two first frames': order(
    'i2v',
    { firstFrameImage: face, first_frame_image: face },
    'firstFrameImage and first_frame_image mean the same; give one of them',
  ),
  'no image': order('i2v', { prompt }, 'firstFrameImage is required for i2v'),
  'a blank image': order('i2v', { prompt, firstFrameImage: ' ' }, 'firstFrameImage is required for i2v'),
  'no image for live': order('i2v_live', { prompt }, 'firstFrameImage is required for i2v_live'),
  'no image for a director': order(
    'i2v_director',
    { prompt },
    'firstFrameImage is required for i2v_director',
  ),
  'an image that is a number': order('i2v', { firstFrameImage: 7 }, notAnImage),
  'an image that is null': order('i2v', { firstFrameImage: null }, 'firstFrameImage is required for i2v'),
  'an image in a list': order('i2v', { firstFrameImage: [face] }, notAnImage),
  'an image in an object': order('i2v', { firstFrameImage: { url: face } }, notAnImage),
  'a path for an image': order('i2v', { firstFrameImage: '/face.jpg' }, notAnImage),
  'an ftp URL': order('i2v', { firstFrameImage: 'ftp://a.example/face.jpg' }, notAnImage),
  'a file URL': order('i2v', { firstFrameImage: 'file:///etc/passwd' }, notAnImage),
  'an s3 URL': order('i2v', { firstFrameImage: 's3://media/inputs/acme/face.jpg' }, notAnImage),
  'a script for an image': order('i2v', { firstFrameImage: 'javascript:alert(1)' }, notAnImage),
  'a data URL of WebP': order('i2v', { firstFrameImage: 'data:image/webp;base64,AAAA' }, notAnImage),
  'a data URL without base64': order('i2v', { firstFrameImage: 'data:image/png,face' }, notAnImage),
  'a data URL with bad base64': order('i2v', { firstFrameImage: 'data:image/png;base64,A*B' }, notAnImage),
  'a data URL without data': order('i2v', { firstFrameImage: 'data:image/png;base64,' }, notAnImage),
  'a data URL of something else': order(
    'i2v',
    { firstFrameImage: 'data:image/png;base64,AAAA' },
    'firstFrameImage: The file is none of the known image formats',
  ),
  'a GIF called a PNG': order(
    'i2v',
    { firstFrameImage: dataUrl('image/png', createGif()) },
    'firstFrameImage: The file is a GIF',
  ),
  'a small image': order(
    'i2v',
    { firstFrameImage: dataUrl('image/png', createPng({ width: 299, height: 299 })) },
    'firstFrameImage is 299x299 pixels; each side must have at least 30',
  ),
  'a flat image in snake case': order(
    'i2v',
    { first_frame_image: dataUrl('image/png', createPng({ width: 1000, height: 400 })) },
    'first_frame_image has width ÷ height 2.500',
  ),
  'a URL of 5000 characters': order(
    'i2v',
    { firstFrameImage: `https://a.example/${'x'.repeat(5000)}` },
    'firstFrameImage must be an https URL of at most 4096 characters',
  ),
  'an image on a private host': order(
    'i2v',
    { firstFrameImage: 'https://10.0.0.1/face.jpg' },
    'firstFrameImage from 10.0.0.1',
  ),
  'a subject for t2v': order(
    't2v',
    { prompt, subjectReference: [subject] },
    'subjectReference is taken by s2v alone',
  ),
  'a flat subject for i2v': order(
    'i2v',
    { firstFrameImage: face, type: 'character', image: face },
    'image is taken by s2v alone',
  ),
  'no subject': order('s2v', { prompt }, 'subjectReference needs the image of a subject'),
  'a subject with a blank image': order(
    's2v',
    { subjectReference: [{ type: 'character', image: [' '] }] },
    'subjectReference needs the image of a subject',
  ),
  'a flat subject without an image': order(
    's2v',
    { type: 'character' },
    'image needs the image of a subject',
  ),
  'an empty list of subjects': order('s2v', { subjectReference: [] }, 'must be a list of one subject'),
  'two subjects': order('s2v', { subjectReference: [subject, subject] }, 'must be a list of one subject'),
  'a subject in no list': order('s2v', { subjectReference: subject }, 'must be a list of one subject'),
  'a subject that is text': order('s2v', { subjectReference: [face] }, 'must be a list of one subject'),
  'two images of a subject': order(
    's2v',
    { subjectReference: [{ type: 'character', image: [face, face] }] },
    'image must be one image, as text or as a list of one',
  ),
  'a subject that is an object': order(
    's2v',
    { subjectReference: [{ type: 'object', image: [face] }] },
    'type must be "character"',
  ),
  'a subject of no type': order('s2v', { subjectReference: [{ image: [face] }] }, 'type must be "character"'),
  'a flat subject of no type': order('s2v', { image: face }, 'type must be "character"'),
  'a flat subject of another type': order('s2v', { type: 'animal', image: face }, 'type must be "character"'),
  'a subject whose image is a number': order(
    's2v',
    { subjectReference: [{ type: 'character', image: [1] }] },
    'image must be one image',
  ),
  'a subject whose image is no URL': order(
    's2v',
    { type: 'character', image: 'face.jpg' },
    'image must be an http or https URL',
  ),
  'a subject nested and flat': order(
    's2v',
    { subjectReference: [subject], type: 'character', image: face },
    'subjectReference and image mean the same',
  ),
  'the first frame of its table beside a subject': order(
    's2v',
    { subjectReference: [subject], firstFrameImage: face },
    'firstFrameImage is not taken beside a subject',
  ),
  'a provider that nobody knows': {
    call: { json: { prompt }, headers: { 'x-conch-provider': 'nobody' } },
    message: 'provider "nobody" is unknown',
  },
};

const addresses: Readonly<Record<string, Refusal>> = {
  'a path that nobody has': {
    call: { path: generate('RWnobody'), json: { prompt } },
    status: 404,
    message: 'POST /v1/ai/RWnobody/hailuo/video/generate does not exist',
  },
  "the path of the host's other API": {
    call: { path: generate('haiper'), json: { prompt } },
    status: 404,
    message: 'does not exist',
  },
  'a key in capitals': {
    call: { path: generate('T2V'), json: { prompt } },
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
    call: { method: 'GET', path: '/v1/ai/t2v/hailuo/video/task/1896852590888419329' },
    status: 404,
    message: 'The task "1896852590888419329" does not exist',
  },
  'an id in no form': {
    call: { method: 'GET', path: '/v1/ai/t2v/hailuo/video/task/abc' },
    status: 404,
    message: 'The task "abc" does not exist',
  },
  'a task under a path that nobody has': {
    call: { method: 'GET', path: '/v1/ai/RWnobody/hailuo/video/task/1896852590888419329' },
    status: 404,
    message: 'GET /v1/ai/RWnobody/hailuo/video/task/1896852590888419329 does not exist',
  },
  'a file of no task': {
    call: { method: 'GET', path: '/v1/ai/t2v/hailuo/video/file?fileId=243456265392387' },
    status: 404,
    message: 'A task without an id does not exist',
  },
  'a file of an unknown task': {
    call: { method: 'GET', path: '/v1/ai/t2v/hailuo/video/file?taskId=1896852590888419329&fileId=1' },
    status: 404,
    message: 'The task "1896852590888419329" does not exist',
  },
};

const rows = Object.entries({ ...bodies, ...fields, ...addresses });

describe("Cloudsway's door", () => {
  it('is sent at least 40 malformed requests', () => {
    expect(rows.length).toBeGreaterThanOrEqual(40);
  });

  it.each(rows)(
    'refuses %s in its own shape, and accepts nothing',
    async (_, { call, status = 400, message }) => {
      const answer = await api.call({ method: 'POST', path: generate('t2v'), ...call });

      expect(answer).toMatchObject({
        status,
        headers: { 'content-type': 'application/json' },
        body: { code: `${status}`, message: expect.stringContaining(message) },
      });
      expect(Object.keys(z.looseObject({}).parse(answer.body))).toEqual(['code', 'message']);
      expect([api.started, api.objects]).toEqual([[], []]);
    },
  );

  it.each([
    ['/gone.png', 'answered with status 404'],
    ['/film.mp4', 'The file is a video'],
  ])('refuses the image %s, which it fetched', async (path, message) => {
    const json = { firstFrameImage: `${api.webUrl}${path}` };
    const answer = await api.call({ method: 'POST', path: generate('i2v'), json });

    expect(answer).toMatchObject({ status: 400, body: { message: expect.stringContaining(message) } });
    expect(api.started).toEqual([]);
  });

  it("does not find another account's task, nor its file", async () => {
    const task = await storeTask(api.tables, {}, { account: 'rival' });
    const id = decimalId.toText(task.id);

    for (const path of [`task/${id}`, `file?taskId=${id}&fileId=1`])
      expect(await api.call({ path: `/v1/ai/t2v/hailuo/video/${path}` })).toMatchObject({
        status: 404,
        body: { code: '404' },
      });
  });

  it('refuses another order under a used Idempotency-Key', async () => {
    const call = { method: 'POST', path: generate('t2v'), headers: { 'idempotency-key': 'once' } };
    await api.call({ ...call, json: { prompt } });

    const answer = await api.call({ ...call, json: { prompt: 'Another' } });

    expect(answer).toMatchObject({ status: 409, body: { code: '409' } });
  });

  it('refuses an order that no budget has room for', async () => {
    await api.tables.accounts.createAccount('acme', new Date(), { monthlyMicroUsd: 300_000 });

    const answer = await api.call({ method: 'POST', path: generate('t2v'), json: { prompt } });

    expect(answer).toMatchObject({ status: 402, body: { code: '402', message: expect.any(String) } });
  });
});
