import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Resolution } from '../../../../shared/domain/video-request.ts';
import { kie } from '../../../../shared/providers/kie/index.ts';
import { createRequestSchema } from '../../../../shared/providers/kie/wire.ts';
import type { JobRequest, ProviderContext } from '../../../../shared/providers/provider.ts';
import { upstreamHttp } from '../../../../shared/providers/upstream-http.ts';
import { createManualClock } from '../../../support/manual-clock.ts';
import { listFixtures, readFixture } from '../../../support/read-fixture.ts';
import {
  type Reply,
  type ScriptedUpstream,
  startScriptedUpstream,
} from '../../../support/scripted-upstream.ts';

const context: ProviderContext = {
  apiKey: 'the-key',
  http: upstreamHttp,
  clock: createManualClock(),
  signal: new AbortController().signal,
};
const headers = { authorization: 'Bearer the-key' };
const resolutions: Readonly<Record<string, Resolution>> = { '720p': '720P', '1080p': '1080P' };
const order: JobRequest = {
  nativeModel: 'hailuo-02',
  operation: 't2v',
  seconds: 8,
  resolution: '720P',
  prompt: 'A lighthouse at dusk',
};

describe('the upstream of KIE by its document', () => {
  let upstream: ScriptedUpstream;
  const load = () => kie.load({ KIE_BASE_URL: upstream.url });
  const submit = (reply: Reply, overrides: Partial<JobRequest> = {}) => {
    upstream.reply(reply);
    return load().submit({ ...order, ...overrides }, context);
  };
  const check = (body: string) => {
    upstream.reply({ body });
    return load().check({ id: 'hailuo_/1' }, context);
  };

  beforeEach(async () => {
    upstream = await startScriptedUpstream();
  });
  afterEach(() => upstream.close());

  it.each(listFixtures('kie', 'create-'))('sends exactly the request of %s', async (fixture) => {
    const wire = createRequestSchema.parse(JSON.parse(readFixture(fixture)));
    const { prompt, model = '', duration, resolution = '', imageUrl, seed, aspectRatio, callBackUrl } = wire;
    upstream.reply({ body: readFixture('kie/created') });
    const outcome = await load().submit(
      {
        nativeModel: model,
        operation: imageUrl === undefined ? 't2v' : 'i2v',
        prompt,
        ...(duration === undefined ? {} : { seconds: duration }),
        ...(resolutions[resolution] === undefined ? {} : { resolution: resolutions[resolution] }),
        ...(imageUrl === undefined ? {} : { firstFrameImageUrl: imageUrl }),
        ...(seed === undefined ? {} : { seed }),
        ...(aspectRatio === undefined ? {} : { aspectRatio }),
        promptOptimizer: true,
      },
      context,
      callBackUrl === undefined ? undefined : { url: callBackUrl, proof: 'a-proof' },
    );
    expect(outcome).toEqual({ kind: 'accepted', job: { id: 'hailuo_k3v9d2m1q', route: 'hailuo' } });
    const [request] = upstream.requests;
    expect(request).toMatchObject({ method: 'POST', path: '/api/v1/hailuo/generate', headers });
    expect(JSON.parse(request?.body ?? '')).toEqual(JSON.parse(readFixture(fixture)));
  });

  it('makes the shape of a text-to-video explicit when the order does not say it', async () => {
    await submit({ body: readFixture('kie/created') });
    expect(JSON.parse(upstream.requests[0]?.body ?? '')).toEqual({
      prompt: 'A lighthouse at dusk',
      model: 'hailuo-02',
      duration: 8,
      resolution: '720p',
      aspectRatio: '16:9',
    });
  });

  it.each(['created-document', 'created'])('is accepted after %s', async (name) => {
    expect(await submit({ body: readFixture(`kie/${name}`) })).toMatchObject({ kind: 'accepted' });
  });

  it('is accepted with the envelope of public pages too', async () => {
    const outcome = await submit({ body: { code: 200, msg: 'success', data: { taskId: 'hailuo_1' } } });
    expect(outcome).toMatchObject({ kind: 'accepted', job: { id: 'hailuo_1' } });
  });

  it.each<[string, Partial<JobRequest>]>([
    ['seed', { seed: 9_999 }],
    ['seed', { seed: 100_000 }],
    ['duration', { seconds: 12 }],
    ['resolution', { resolution: '512P' }],
    ['aspectRatio', { aspectRatio: '4:3' }],
  ])(
    'sends nothing and names the field when %s is outside of the document in %j',
    async (field, overrides) => {
      const outcome = await submit({ body: readFixture('kie/created') }, overrides);
      expect(outcome).toMatchObject({
        kind: 'refused',
        failure: { code: 'invalid_request', charged: 'no', message: expect.stringContaining(`${field}: `) },
      });
      expect(upstream.requests).toHaveLength(0);
    },
  );

  it('is not sent when the model is one of the other dialect', async () => {
    const nativeModel = 'hailuo/2-3-image-to-video-pro';
    const outcome = await submit({ body: readFixture('kie/created') }, { nativeModel });
    expect(outcome).toMatchObject({ kind: 'not_sent', message: expect.stringContaining(nativeModel) });
    expect(upstream.requests).toHaveLength(0);
  });

  it.each([
    [1001, 'Invalid prompt', 'invalid_request'],
    [1001, 'Invalid prompt: banned content', 'content_rejected'],
    [1002, 'Invalid image', 'bad_image'],
    [1003, 'Insufficient credits', 'provider_balance'],
    [1004, 'Invalid aspect ratio', 'invalid_request'],
    [1005, 'Rate limit exceeded', 'provider_rate_limited'],
    [401, 'no access', 'provider_auth'],
    [402, 'no credits', 'provider_balance'],
    [429, 'slow down', 'provider_rate_limited'],
    [455, 'maintenance', 'provider_unavailable'],
    [505, 'switched off', 'provider_unavailable'],
  ])('is refused with the code %i "%s": %s', async (code, message, failureCode) => {
    for (const status of [200, 400]) {
      expect(await submit({ status, body: { code, message, data: null } })).toEqual({
        kind: 'refused',
        failure: {
          code: failureCode,
          message: `KIE refused the order (${code}): ${message}`,
          charged: 'no',
          providerCode: `${code}`,
        },
      });
    }
  });

  it('is refused in the words of error-1004', async () => {
    const outcome = await submit({ body: readFixture('kie/error-1004') });
    expect(outcome).toMatchObject({ failure: { code: 'invalid_request', providerCode: '1004' } });
  });

  it('takes the status of a 4xx when the code is unheard of', async () => {
    const outcome = await submit({ status: 402, body: { code: 7, message: 'no', data: null } });
    expect(outcome).toMatchObject({
      kind: 'refused',
      failure: { code: 'provider_balance', providerCode: '7' },
    });
  });

  it.each<[number, unknown]>([
    [200, { code: 408, data: null }],
    [200, { code: 500, data: null }],
    [200, { code: 501, data: null }],
    [200, { code: 7, data: null }],
    [200, { code: 0, data: null }],
    [200, { code: 1005, data: { taskId: 'hailuo_1' } }],
    [200, { code: 500, data: { taskId: 'hailuo_1' } }],
    [400, { code: 0, data: { taskId: 'hailuo_1' } }],
    [400, { code: 200, data: null }],
    [400, { code: 408, data: null }],
    [400, { code: 499, data: null }],
    [400, { code: 1005, data: { taskId: 'hailuo_1' } }],
    [400, { code: 500, data: null }],
    [500, { code: 1003, data: null }],
    [505, { code: 505, data: null }],
  ])('is unknown when HTTP %i and the body %j prove nothing', async (status, body) => {
    expect((await submit({ status, body })).kind).toBe('unknown');
  });

  it('hands on how long the provider wants to be left alone', async () => {
    const reply = { headers: { 'retry-after': '7' }, body: { code: 1005, message: 'wait', data: null } };
    expect(await submit(reply)).toMatchObject({ kind: 'refused', retryAfterSeconds: 7 });
  });

  it('asks for the job by its escaped id', async () => {
    expect(await check(readFixture('kie/record-generating'))).toEqual({ kind: 'running' });
    const path = '/api/v1/hailuo/record-info?taskId=hailuo_%2F1';
    expect(upstream.requests[0]).toMatchObject({ method: 'GET', path, headers });
  });

  it.each([
    ['record-success-document', 'https://storage.kie.ai/videos/hailuo_ghi789jkl.mp4'],
    ['record-success', 'https://storage.example.com/videos/hailuo_k3v9d2m1q.mp4'],
  ])('finds the URL in %s', async (name, url) => {
    expect(await check(readFixture(`kie/${name}`))).toEqual({ kind: 'succeeded', outputs: [{ url }] });
  });

  it('reads a look with the envelope of public pages too', async () => {
    const body = readFixture('kie/record-success').replace('"code": 0', '"code": 200');
    expect(await check(body)).toMatchObject({ kind: 'succeeded' });
  });

  it('keeps the code and the message of a failed job', async () => {
    const message = 'KIE failed the job: Invalid prompt';
    expect(await check(readFixture('kie/record-failed'))).toEqual({
      kind: 'failed',
      failure: { code: 'invalid_request', message, charged: 'no', providerCode: '1001' },
    });
  });

  it('reads the numbers of its own document, not those of the models\u2019 maker', async () => {
    const body = readFixture('kie/record-failed').replace('1001', '1002');
    expect(await check(body)).toMatchObject({ failure: { code: 'bad_image' } });
  });

  it.each([404, 422, 500, 1004])('learns nothing about a job from the code %i', async (code) => {
    const body = readFixture('kie/record-failed').replace('"code": 0', `"code": ${code}`);
    expect((await check(body)).kind).toBe('unreadable');
  });
});
