import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { apixo } from '../../../../shared/providers/apixo/index.ts';
import { createRequestSchema } from '../../../../shared/providers/apixo/wire.ts';
import type { ProviderContext } from '../../../../shared/providers/provider.ts';
import { upstreamHttp } from '../../../../shared/providers/upstream-http.ts';
import { createManualClock } from '../../../support/manual-clock.ts';
import { listFixtures, readFixture } from '../../../support/read-fixture.ts';
import {
  type Reply,
  type ScriptedUpstream,
  startScriptedUpstream,
} from '../../../support/scripted-upstream.ts';
import { requestFor } from '../job-requests.ts';

const context: ProviderContext = {
  apiKey: 'the-key',
  http: upstreamHttp,
  clock: createManualClock(),
  signal: new AbortController().signal,
};
const headers = { authorization: 'Bearer the-key' };

/** As we send it: a callback URL only where it means something, a duration always as a number. */
const documentSchema = z
  .looseObject({
    request_type: z.string(),
    callback_url: z.string().optional(),
    input: z.looseObject({ duration: z.coerce.number().optional() }),
  })
  .transform(({ callback_url, ...body }) =>
    body.request_type === 'callback' ? { ...body, callback_url } : body,
  );

describe('the upstream of Apixo', () => {
  let upstream: ScriptedUpstream;
  const load = (strategy?: string) =>
    apixo.load({ APIXO_BASE_URL: upstream.url, ...(strategy && { APIXO_STRATEGY: strategy }) });
  const submit = (reply: Reply) => {
    upstream.reply(reply);
    return load().submit(requestFor(offerOf('i2v')), context);
  };
  const check = (body: string) => {
    upstream.reply({ body });
    return load().check({ id: 'task/1', route: 'hailuo-2-3' }, context);
  };

  beforeEach(async () => {
    upstream = await startScriptedUpstream();
  });
  afterEach(() => upstream.close());

  it.each(listFixtures('apixo', 'create-'))('sends the request of %s', async (fixture) => {
    const example: unknown = JSON.parse(readFixture(fixture));
    const { input, request_type, callback_url: url = '', provider } = createRequestSchema.parse(example);
    const operation = input.mode.endsWith('text-to-video') ? 't2v' : 'i2v';
    const [firstFrameImageUrl] = input.image_urls ?? [];
    upstream.reply({ body: readFixture('apixo/created') });

    const outcome = await load(provider).submit(
      {
        nativeModel: 'hailuo-2-3',
        operation,
        seconds: input.duration ?? 6,
        resolution: input.mode.startsWith('pro-') ? '1080P' : '768P',
        ...(input.prompt === undefined ? {} : { prompt: input.prompt }),
        ...(firstFrameImageUrl === undefined ? {} : { firstFrameImageUrl }),
        promptOptimizer: true,
      },
      context,
      request_type === 'callback' ? { url, proof: 'a-proof' } : undefined,
    );

    expect(outcome).toEqual({ kind: 'accepted', job: { id: 'task_12345678', route: 'hailuo-2-3' } });
    const [request] = upstream.requests;
    expect(request).toMatchObject({ method: 'POST', path: '/api/v1/generateTask/hailuo-2-3', headers });
    expect(JSON.parse(request?.body ?? '')).toEqual(documentSchema.parse(example));
  });

  it.each(apixo.load({}).offers)('orders $nativeModel by $operation under its own path', async (offer) => {
    upstream.reply({ body: readFixture('apixo/created') });
    const outcome = await load().submit(requestFor(offer), context);
    expect(outcome).toMatchObject({ kind: 'accepted', job: { route: offer.nativeModel } });
    expect(upstream.requests[0]?.path).toBe(`/api/v1/generateTask/${offer.nativeModel}`);
  });

  it.each([
    { resolution: '512P' },
    { resolution: '720P' },
    { operation: 'extend', sourceVideoUrl: 'https://vid.example.com/a.mp4' },
  ] as const)('is not sent when there is no mode for %j', async (overrides) => {
    const outcome = await load().submit(requestFor(offerOf('i2v'), overrides), context);
    expect(outcome).toMatchObject({ kind: 'not_sent', message: expect.stringContaining('hailuo-2-3') });
    expect(upstream.requests).toHaveLength(0);
  });

  it('asks for the job under the path of its model, by its escaped id', async () => {
    expect(await check(readFixture('apixo/status-pending'))).toEqual({ kind: 'queued' });
    const path = '/api/v1/statusTask/hailuo-2-3?taskId=task%2F1';
    expect(upstream.requests[0]).toMatchObject({ method: 'GET', path, headers });
  });

  it('seeks a job without a route under each model, as its order was answered by nobody', async () => {
    upstream.reply({ status: 404 }, { body: readFixture('apixo/status-success') });
    const progress = await load().check({ id: 'task_1' }, context);
    expect(progress).toMatchObject({ kind: 'succeeded' });
    const paths = ['hailuo-2-3-fast', 'hailuo-2-3'].map((it) => `/api/v1/statusTask/${it}?taskId=task_1`);
    expect(upstream.requests.map(({ path }) => path)).toEqual(paths);
  });

  it('learns nothing about a job without a route that no model knows', async () => {
    upstream.reply({ status: 404 }, { status: 404 });
    expect((await load().check({ id: 'task_1' }, context)).kind).toBe('unreadable');
    expect(upstream.requests).toHaveLength(2);
  });

  it.each([
    ['status-processing', { kind: 'running' }],
    ['status-success', { kind: 'succeeded', outputs: [{ url: 'https://r2.apixo.ai/video.mp4' }] }],
    ['callback-success', { kind: 'succeeded', outputs: [{ url: 'https://cdn.example.com/v.mp4' }] }],
  ])('reads %s', async (fixture, progress) => {
    expect(await check(readFixture(`apixo/${fixture}`))).toEqual(progress);
  });

  it('trusts a result only of a job that succeeded', async () => {
    const success = readFixture('apixo/status-success');
    const early = success.replace('"state": "success"', '"state": "processing"');
    expect(await check(early)).toEqual({ kind: 'running' });
  });

  it('keeps the code and the message of a failed job', async () => {
    expect(await check(readFixture('apixo/status-failed'))).toEqual({
      kind: 'failed',
      failure: {
        code: 'content_rejected',
        message: 'Apixo failed the job: Content does not meet safety guidelines',
        charged: 'no',
        providerCode: 'CONTENT_VIOLATION',
      },
    });
  });

  it.each([
    ['NSFW_DETECTED', 'content_rejected'],
    ['NSFW', 'content_rejected'],
    ['SensitiveContent', 'content_rejected'],
    ['InputImageSensitiveContentDetected', 'content_rejected'],
    ['ProhibitedContentDetected', 'content_rejected'],
    ['INVALID_IMAGE_URL', 'bad_image'],
    ['IMAGE_TOO_LARGE', 'bad_image'],
    ['IMAGE_DOWNLOAD_FAILED', 'bad_image'],
    ['UNSUPPORTED_FORMAT', 'bad_image'],
    ['PROMPT_TOO_LONG', 'invalid_request'],
    ['PromptLengthExceeded', 'invalid_request'],
    ['PROCESSING_TIMEOUT', 'generation_failed'],
    ['MODEL_UNAVAILABLE', 'provider_unavailable'],
    ['INSUFFICIENT_CREDITS', 'provider_balance'],
    ['InsufficientCredits', 'provider_balance'],
    ['GENERATION_FAILED', 'generation_failed'],
    ['NEVER_HEARD_OF', 'generation_failed'],
  ])('reads the code of a failure without a message: %s is %s', async (failCode, code) => {
    const data = { taskId: 'task_1', state: 'failed', failCode };
    const progress = await check(JSON.stringify({ code: 200, data }));
    expect(progress).toMatchObject({ kind: 'failed', failure: { code, providerCode: failCode } });
  });

  it('lets the code of a failure decide before the words of its message', async () => {
    const data = { state: 'failed', failCode: 'PROCESSING_TIMEOUT', failMsg: 'image to video took too long' };
    const progress = await check(JSON.stringify({ code: 200, data }));
    expect(progress).toMatchObject({ failure: { code: 'generation_failed' } });
  });

  it.each([404, 500])('learns nothing about a job from the code %i in the body of a 200', async (code) => {
    const body = readFixture('apixo/status-failed').replace('"code": 200', `"code": ${code}`);
    expect((await check(body)).kind).toBe('unreadable');
  });

  it('is refused with the words of the document', async () => {
    const outcome = await submit({ status: 400, body: readFixture('apixo/refused') });
    const message = 'Apixo refused the order (400): Invalid mode type';
    const failure = { code: 'invalid_request', message, charged: 'no', providerCode: '400' };
    expect(outcome).toEqual({ kind: 'refused', failure });
  });

  it.each([
    [400, 'invalid_request'],
    [401, 'provider_auth'],
    [402, 'provider_balance'],
    [429, 'provider_rate_limited'],
  ])('is refused when a 200 carries the code %i in its body: %s', async (code, failureCode) => {
    const outcome = await submit({ body: { code, message: 'no', data: null } });
    expect(outcome).toMatchObject({ kind: 'refused', failure: { code: failureCode, charged: 'no' } });
  });

  it.each([
    { code: 408, message: 'no', data: null },
    { code: 500, message: 'no', data: null },
    { code: 503, message: 'no', data: { taskId: 'task_1' } },
    { code: 400, message: 'no', data: { taskId: 'task_1' } },
  ])('is unknown when a 200 says %j', async (body) => {
    expect((await submit({ body })).kind).toBe('unknown');
  });

  it('is unknown when a 400 comes with the id of a task', async () => {
    const body = { code: 400, message: 'no', data: { taskId: 'task_1' } };
    expect((await submit({ status: 400, body })).kind).toBe('unknown');
  });

  it.each([
    ['the key lacks a permission', 'provider_auth'],
    ['the content violates a rule', 'content_rejected'],
  ])('is refused with a 403 that says "%s": %s', async (message, code) => {
    const outcome = await submit({ status: 403, body: { code: 403, message, data: null } });
    expect(outcome).toMatchObject({ kind: 'refused', failure: { code } });
  });

  it('reads what is left on the account', async () => {
    upstream.reply({ body: readFixture('apixo/balance') });
    expect(await load().balance?.(context)).toEqual({ kind: 'read', microUsd: 74_870_000 });
    const path = '/api/v1/apikeys/current-balance';
    expect(upstream.requests[0]).toMatchObject({ method: 'GET', path, headers });
  });

  it.each([
    [0, 0],
    ['1.5', 1_500_000],
    [-0.25, -250_000],
  ])('reads a balance of %j', async (data, microUsd) => {
    upstream.reply({ body: { code: 200, data } });
    expect(await load().balance?.(context)).toEqual({ kind: 'read', microUsd });
  });

  it.each<[string, Reply]>([
    ['a 401', { status: 401, body: { code: 401, message: 'no', data: null } }],
    ['a page', { body: '<html></html>' }],
    ['a reset connection', 'reset'],
    ['no number', { body: { code: 200, data: 'plenty' } }],
    ['nothing', { body: { code: 200, data: null } }],
    ['another code', { body: { code: 500, data: 5 } }],
  ])('does not know the balance after %s', async (_name, reply) => {
    upstream.reply(reply);
    expect(await load().balance?.(context)).toMatchObject({ kind: 'unreadable' });
  });
});

function offerOf(operation: string) {
  const offer = apixo
    .load({})
    .offers.find((it) => it.nativeModel === 'hailuo-2-3' && it.operation === operation);
  if (offer === undefined) throw new Error(`No offer has the operation ${operation}`);
  return offer;
}
