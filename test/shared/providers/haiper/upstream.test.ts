import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { haiper } from '../../../../shared/providers/haiper/index.ts';
import {
  extendRequestSchema,
  generateRequestSchema,
  upscaleRequestSchema,
} from '../../../../shared/providers/haiper/wire.ts';
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
const authorization = 'Bearer the-key';
const bought = 'LPUqHEAjfonOmohV';
const textOrder: JobRequest = { nativeModel: 'haiper-video', operation: 't2v', prompt: 'Fog', seconds: 2 };
const extension: JobRequest = {
  nativeModel: 'haiper-extend',
  operation: 'extend',
  seconds: 4,
  sourceVideoUrl: 'https://vid.example.com/in.mp4',
};

describe('the upstream of Haiper', () => {
  let upstream: ScriptedUpstream;
  const load = (settings = {}) => haiper.load({ HAIPER_BASE_URL: upstream.url, ...settings });
  const submit = (request: JobRequest, reply: Reply = fixture('created')) => {
    upstream.reply(reply);
    return load({ HAIPER_ENDPOINT_PATH: bought }).submit(request, context);
  };
  const check = (reply: Reply) => {
    upstream.reply(reply);
    return load().check({ id: '1234abcd', route: bought }, context);
  };
  const sentBody = () => JSON.parse(upstream.requests[0]?.body ?? '');

  beforeEach(async () => {
    upstream = await startScriptedUpstream();
  });
  afterEach(() => upstream.close());

  it.each([
    ...listFixtures('haiper', 'generate-').map((name) => ['generate', name, toGenerateOrder] as const),
    ...listFixtures('haiper', 'upscale-').map((name) => ['upscale', name, toUpscaleOrder] as const),
    ...listFixtures('haiper', 'extend-').map((name) => ['extend', name, toExtendOrder] as const),
  ])('asks to %s with exactly the request of %s', async (action, name, toOrder) => {
    const wire: unknown = JSON.parse(readFixture(name));
    const outcome = await submit(toOrder(wire));
    expect(outcome).toEqual({ kind: 'accepted', job: { id: '1234abcd', route: bought } });
    const [request] = upstream.requests;
    expect(request).toMatchObject({ method: 'POST', path: `/v1/ai/${bought}/video/${action}` });
    expect(request?.headers).toMatchObject({ authorization });
    expect(sentBody()).toEqual(wire);
  });

  it('sends nothing but the prompt and the duration when nothing else was ordered', async () => {
    await submit(textOrder);
    expect(sentBody()).toEqual({ prompt: 'Fog', settings: { duration: 2 } });
  });

  it('extends without a prompt, and always says the guidance scale', async () => {
    await submit(extension);
    const config = { sourceVideo: 'https://vid.example.com/in.mp4', extendDuration: 4 };
    expect(sentBody()).toEqual({ config, settings: { guidanceScale: 7.5 } });
  });

  it('says the guidance scale that was ordered, also 0', async () => {
    await submit({ ...extension, guidanceScale: 0 });
    expect(sentBody()).toMatchObject({ settings: { guidanceScale: 0 } });
  });

  it('seeks the API under its own name when no path is set', async () => {
    upstream.reply(fixture('created'));
    const outcome = await load().submit(textOrder, context);
    expect(outcome).toMatchObject({ kind: 'accepted', job: { route: 'MaaS_Haiper_Video' } });
    expect(upstream.requests[0]?.path).toBe('/v1/ai/MaaS_Haiper_Video/video/generate');
  });

  it.each<JobRequest>([
    { nativeModel: 'haiper-video', operation: 'fl2v' },
    { nativeModel: 'haiper-video', operation: 's2v' },
    { nativeModel: 'haiper-video', operation: 'i2v', prompt: 'no image' },
    { nativeModel: 'haiper-upscale', operation: 'upscale' },
    { nativeModel: 'haiper-extend', operation: 'extend' },
  ])('is not sent when $operation lacks what it starts from or does not exist', async (request) => {
    const outcome = await load().submit(request, context);
    const message = expect.stringContaining(request.operation);
    expect(outcome).toEqual({ kind: 'not_sent', message });
    expect(upstream.requests).toHaveLength(0);
  });

  it('is accepted with an id in snake case', async () => {
    const outcome = await submit(textOrder, { body: { task_id: 'abcd1234' } });
    expect(outcome).toMatchObject({ kind: 'accepted', job: { id: 'abcd1234' } });
  });

  it('shows no negative prompt in the message of a refusal', async () => {
    const body = { code: '400', message: 'cannot avoid gloomy scenes' };
    const outcome = await submit({ ...textOrder, negativePrompt: 'gloomy scenes' }, { status: 400, body });
    expect(outcome).toMatchObject({
      kind: 'refused',
      failure: { message: 'Haiper refused the order (400): cannot avoid [hidden]' },
    });
  });

  it.each([
    ['NO_BALANCER_ERROR', 'provider_unavailable'],
    ['NO_PASSAGEWAY', 'provider_unavailable'],
    ['AI_PASSAGEWAY_GROUP_IS_EMPTY_ERROR', 'provider_unavailable'],
    ['MODEL_TYPE_NOT_FOUND', 'provider_unavailable'],
    ['The response was filtered', 'content_rejected'],
  ])('is refused when a 400 says "%s": %s', async (message, code) => {
    for (const body of [{ code: '400', message }, { error: message }]) {
      const outcome = await submit(textOrder, { status: 400, body });
      expect(outcome).toMatchObject({ kind: 'refused', failure: { code, charged: 'no' } });
    }
  });

  it('is refused with the reason as the code of the provider when a 400 has it for a code', async () => {
    const body = { code: 'NO_ENDPOINT', message: 'try later' };
    expect(await submit(textOrder, { status: 400, body })).toMatchObject({
      kind: 'refused',
      failure: { code: 'provider_unavailable', providerCode: 'NO_ENDPOINT' },
    });
  });

  it.each([
    ['task-success-document-example', 'https://generated-video-url.mp4', 1724241996259],
    ['task-success', 'https://cdn.example.com/haiper.mp4', 1772532843259],
  ])('finds the video and its expiry in %s, whatever the progress', async (name, url, expireTime) => {
    const expiresAt = new Date(expireTime).toISOString();
    expect(await check(fixture(name))).toEqual({ kind: 'succeeded', outputs: [{ url, expiresAt }] });
    const [request] = upstream.requests;
    expect(request).toMatchObject({ method: 'GET', path: `/v1/ai/${bought}/video/tasks/1234abcd` });
    expect(request?.headers).toMatchObject({ authorization });
  });

  it.each([
    ['task-pending', 'queued'],
    ['task-in-progress', 'running'],
  ])('reads %s as %s', async (name, kind) => {
    expect(await check(fixture(name))).toEqual({ kind });
  });

  it('reads a failed task without a reason, as uncharged', async () => {
    const message = 'Haiper failed the job: no reason given';
    expect(await check(fixture('task-fail'))).toEqual({
      kind: 'failed',
      failure: { code: 'generation_failed', message, charged: 'no' },
    });
  });

  it.each(['reason', 'message', 'msg', 'error'])(
    'finds the reason of a failed task in "%s"',
    async (field) => {
      const progress = await check({ body: { status: 'FAIL', code: 17, [field]: 'blocked by moderation' } });
      expect(progress).toMatchObject({
        kind: 'failed',
        failure: { code: 'content_rejected', providerCode: '17' },
      });
    },
  );

  it('asks for the job by its escaped id', async () => {
    upstream.reply(fixture('task-pending'));
    await load().check({ id: 'a/job', route: bought }, context);
    expect(upstream.requests[0]?.path).toBe(`/v1/ai/${bought}/video/tasks/a%2Fjob`);
  });

  it('cannot look at a job without a route', async () => {
    expect((await load().check({ id: '1234abcd' }, context)).kind).toBe('unreadable');
    expect(upstream.requests).toHaveLength(0);
  });
});

function fixture(name: string) {
  return { body: readFixture(`haiper/${name}`) };
}

function toGenerateOrder(json: unknown): JobRequest {
  const { prompt, negativePrompt, config, settings = {} } = generateRequestSchema.parse(json);
  const { seed, duration, aspectRatio } = settings;
  return {
    nativeModel: 'haiper-video',
    operation: config?.sourceImage === undefined ? 't2v' : 'i2v',
    ...(prompt !== undefined && { prompt }),
    ...(negativePrompt !== undefined && { negativePrompt }),
    ...(config?.sourceImage !== undefined && { firstFrameImageUrl: config.sourceImage }),
    ...(seed !== undefined && { seed }),
    ...(duration !== undefined && { seconds: duration }),
    ...(aspectRatio !== undefined && { aspectRatio }),
  };
}

function toUpscaleOrder(json: unknown): JobRequest {
  const { sourceVideo } = upscaleRequestSchema.parse(json).config;
  return { nativeModel: 'haiper-upscale', operation: 'upscale', sourceVideoUrl: sourceVideo };
}

function toExtendOrder(json: unknown): JobRequest {
  const { prompt, negativePrompt, config, settings } = extendRequestSchema.parse(json);
  return {
    nativeModel: 'haiper-extend',
    operation: 'extend',
    sourceVideoUrl: config.sourceVideo,
    ...(prompt !== undefined && { prompt }),
    ...(negativePrompt !== undefined && { negativePrompt }),
    ...(settings?.seed !== undefined && { seed: settings.seed }),
    ...(config.extendDuration !== undefined && { seconds: config.extendDuration }),
  };
}
