import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createGif, createPng } from '../../support/images.ts';
import { type ServedApi, startApi, twoProviders } from '../../support/served-api.ts';

let api: ServedApi;
beforeAll(async () => {
  api = await startApi(twoProviders);
});
afterAll(() => api.close());
beforeEach(() => {
  api.started.length = 0;
  api.objects.length = 0;
});

const prompt = 'A lighthouse at dusk, waves below [Push in]';
const order = (json: unknown, headers = {}) =>
  api.call({ method: 'POST', path: '/v1/videos', json, headers });
const dataUri = (bytes: Buffer) => `data:image/png;base64,${bytes.toString('base64')}`;
const png = createPng({ width: 640, height: 480 });

type Row = readonly [what: string, json: unknown, param: string, code: string, message: RegExp];

const rows: readonly Row[] = [
  ['a wrong type', { prompt: 5 }, 'prompt', 'wrong_type', /must be text; got a number/],
  ['a list as body', [], 'body', 'wrong_type', /JSON object/],
  [
    'an unknown model',
    { model: 'hailuo-99', prompt },
    'model',
    'unknown_model',
    /"hailuo-99".*hailuo-01.*t2v-01/,
  ],
  [
    'an unknown provider',
    { prompt, provider: 'acme' },
    'provider',
    'unknown_provider',
    /auto, value, fastest, official, piapi, cloudsway, or a list/,
  ],
  [
    'an unknown field',
    { prompt, colour: 'red' },
    'colour',
    'unknown_field',
    /known are operation, model, prompt/,
  ],
  ['no prompt', {}, 'prompt', 'missing_field', /prompt is required/],
  ['a blank prompt', { prompt: '  ' }, 'prompt', 'missing_field', /prompt is required/],
  [
    'a prompt over the limit by code points',
    { prompt: '🌊'.repeat(2001) },
    'prompt',
    'prompt_too_long',
    /2001.*2000/,
  ],
  [
    'a duration that nobody offers',
    { prompt, seconds: 0 },
    'seconds',
    'not_offered',
    /0 seconds.*6 seconds at 720P/,
  ],
  [
    'a resolution that nobody offers',
    { prompt, resolution: '512p' },
    'resolution',
    'not_offered',
    /512P.*720P/,
  ],
  ['a resolution that does not exist', { prompt, resolution: '999P' }, 'resolution', 'not_offered', /"999P"/],
  ['a seed where none is supported', { prompt, seed: 0 }, 'seed', 'not_offered', /seed 0 is not offered/],
  [
    'too much metadata',
    { prompt, metadata: { a: 'x'.repeat(2048) } },
    'metadata',
    'metadata_too_large',
    /at most 2048 bytes as JSON; got 2056 bytes$/,
  ],
  ['half a surrogate pair', { prompt: '\ud800' }, 'prompt', 'wrong_type', /text; got text with half a surr/],
  [
    'half a surrogate pair in metadata',
    { prompt, metadata: { a: '\udc00' } },
    'metadata.a',
    'wrong_type',
    /not valid Unicode/,
  ],
  [
    'half a surrogate pair as a key of metadata',
    { prompt, metadata: { '\ud800': 'a' } },
    'metadata.\ufffd',
    'wrong_type',
    /not valid Unicode/,
  ],
  ['metadata that is no text', { prompt, metadata: { a: 1 } }, 'metadata.a', 'wrong_type', /object of texts/],
  [
    'a ceiling below the price',
    { prompt, max_cost_usd: '0.1' },
    'max_cost_usd',
    'max_cost_exceeded',
    /0\.20.*0\.10/,
  ],
  [
    'a ceiling below the price by less than a micro-dollar',
    { prompt, max_cost_usd: '0.1999999' },
    'max_cost_usd',
    'max_cost_exceeded',
    /0\.20.*0\.199999/,
  ],
  [
    'an image on a text-only model, without fetching it',
    { prompt, model: 't2v-01', first_frame_image: 'https://127.0.0.1/x.png' },
    'first_frame_image',
    'image_not_supported',
    /hailuo-01 t2v, which takes no image/,
  ],
  [
    'a model of images without one',
    { prompt, model: 'i2v-01' },
    'first_frame_image',
    'missing_field',
    /required/,
  ],
  ['a GIF', { prompt, first_frame_image: dataUri(createGif()) }, 'first_frame_image', 'image_format', /GIF/],
  [
    'an image that is too small',
    { prompt, first_frame_image: dataUri(createPng({ width: 299, height: 400 })) },
    'first_frame_image',
    'image_side',
    /299x400.*at least 300/,
  ],
  [
    'an image that is too wide',
    { prompt, first_frame_image: dataUri(createPng({ width: 1000, height: 400 })) },
    'first_frame_image',
    'image_aspect',
    /2\.500.*between 0\.4 and 2\.5, which are refused themselves$/,
  ],
  ['no image', { prompt, first_frame_image: 'lighthouse' }, 'first_frame_image', 'wrong_type', /https URL/],
  [
    'two first frames',
    { prompt, first_frame_image: dataUri(png), input_reference: dataUri(png) },
    'input_reference',
    'conflicting_fields',
    /mean the same/,
  ],
  [
    'a private address',
    { prompt, first_frame_image: 'https://169.254.169.254/latest' },
    'first_frame_image',
    'image_unreachable',
    /169\.254\.169\.254.*public/,
  ],
  [
    'an upload that is not there',
    { prompt, first_frame_image: { file_id: 'file_AAAAAAAAAAAA' } },
    'first_frame_image',
    'file_not_found',
    /file_AAAAAAAAAAAA/,
  ],
  [
    "another account's object",
    { prompt, first_frame_image: 's3://media/inputs/rival/a.png' },
    'first_frame_image',
    'file_not_found',
    /"s3:\/\/media\/inputs\/rival\/a\.png".*s3:\/\/media\/inbox\/acme\//,
  ],
  [
    'an operation that nobody offers',
    { operation: 'upscale', source_video: 'https://127.0.0.1/x.mp4' },
    'operation',
    'not_offered',
    /"upscale" is not what/,
  ],
  [
    'a source video without its operation, without fetching it',
    { prompt, source_video: 'https://127.0.0.1/x.mp4' },
    'source_video',
    'not_offered',
    /goes with operation upscale or extend/,
  ],
  [
    'seconds to add without an operation',
    { prompt, extend_seconds: 4 },
    'extend_seconds',
    'conflicting_fields',
    /"extend"/,
  ],
  ['an empty list of providers', { prompt, provider: [] }, 'provider', 'wrong_type', /got an empty list/],
  [
    'a policy in a list of providers',
    { prompt, provider: 'piapi, auto' },
    'provider',
    'wrong_type',
    /got a policy among names/,
  ],
  [
    'an official offer where nobody sells one',
    { prompt, provider: 'official' },
    'provider',
    'not_offered',
    /maker/,
  ],
  [
    'seconds below zero, as text',
    { prompt, seconds: '-6' },
    'seconds',
    'wrong_type',
    /^seconds must be a number of seconds such as 6 or "6"; got "-6"$/,
  ],
  [
    'seconds below zero',
    { prompt, seconds: -6 },
    'seconds',
    'not_offered',
    /^-6 seconds is not offered for hailuo-01 t2v; offered are 6 seconds at 720P \(1280x720\) \(piapi; other offers differ\)$/,
  ],
  [
    'a seed that no number holds exactly',
    { prompt, seed: 2 ** 53 },
    'seed',
    'wrong_type',
    /^seed must be a whole number; got 9007199254740992$/,
  ],
  [
    'a ratio as a fraction',
    { prompt, aspect_ratio: '16/9' },
    'aspect_ratio',
    'wrong_type',
    /^aspect_ratio must be a ratio such as "16:9"; got "16\/9"$/,
  ],
  [
    'a ratio that nobody offers',
    { prompt, aspect_ratio: '1:1' },
    'aspect_ratio',
    'not_offered',
    /^aspect_ratio 1:1 is not offered for hailuo-01 t2v; leave it out \(piapi; other offers differ\)$/,
  ],
  [
    'a size with blanks',
    { prompt, size: '1280 x 720' },
    'size',
    'wrong_type',
    /^size must be pixels such as "1280x720"; got "1280 x 720"$/,
  ],
  [
    'a negative prompt where none is taken',
    { prompt, negative_prompt: 'fog' },
    'negative_prompt',
    'not_offered',
    /^negative_prompt is not offered for hailuo-01 t2v; leave it out \(piapi; other offers differ\)$/,
  ],
  [
    'an optimizer as another word',
    { prompt, prompt_optimizer: 'yes' },
    'prompt_optimizer',
    'wrong_type',
    /^prompt_optimizer must be true or false; got "yes"$/,
  ],
  [
    'a ceiling with a comma',
    { prompt, max_cost_usd: '0,50' },
    'max_cost_usd',
    'wrong_type',
    /^max_cost_usd must be an amount in USD such as 0\.5 or "0\.50"; got "0,50"$/,
  ],
  [
    'a last frame for a model of text',
    { prompt, model: 't2v-01', last_frame_image: dataUri(png) },
    'last_frame_image',
    'image_not_supported',
    /^last_frame_image is not supported by hailuo-01 t2v, which takes no image$/,
  ],
  [
    'an image over plain HTTP',
    { prompt, first_frame_image: 'http://example.com/a.png' },
    'first_frame_image',
    'image_unreachable',
    /^first_frame_image from example\.com: example\.com is addressed by http:\/\/, only https:\/\/ is fetched$/,
  ],
  [
    'an image that is given twice in one field',
    { prompt, first_frame_image: { file_id: 'file_AAAAAAAAAAAA', image_url: dataUri(png) } },
    'first_frame_image',
    'wrong_type',
    /an uploaded file, \{"image_url": …\} or \{"file_id": …\}; got an object$/,
  ],
];

describe('a refused order', () => {
  it('is one of at least 40', () => {
    expect(rows.length).toBeGreaterThanOrEqual(40);
  });

  it.each(rows)('names %s', async (_, json, param, code, message) => {
    const { status, body } = await order(json);

    expect(status).toBe(422);
    expect(body).toMatchObject({ code: 'invalid_request', param, error: { code, param } });
    expect(body).toMatchObject({ errors: [{ param, code, message: expect.stringMatching(message) }] });
    expect(api.started).toEqual([]);
    expect(api.objects).toEqual([]);
  });
});
