import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { resolutions } from '../../../../shared/domain/video-request.ts';
import { piapi } from '../../../../shared/providers/piapi/index.ts';
import { createRequestSchema, envelopeSchema } from '../../../../shared/providers/piapi/wire.ts';
import type { CallbackTarget, ProviderContext } from '../../../../shared/providers/provider.ts';
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

describe('the upstream of PiAPI', () => {
  let upstream: ScriptedUpstream;
  const load = () => piapi.load({ PIAPI_BASE_URL: upstream.url });
  const submit = (body: unknown) => {
    upstream.reply({ body });
    const provider = load();
    return provider.submit(requestFor(offerOf('t2v-01')), context);
  };
  const check = (body: string) => {
    upstream.reply({ body });
    return load().check({ id: 'a/job' }, context);
  };

  beforeEach(async () => {
    upstream = await startScriptedUpstream();
  });
  afterEach(() => upstream.close());

  it.each(listFixtures('piapi', 'create-'))('sends exactly the request of %s', async (fixture) => {
    const { input, config } = createRequestSchema.parse(JSON.parse(readFixture(fixture)));
    const { prompt, image_url: imageUrl, duration, resolution, expand_prompt: promptOptimizer } = input;
    const offer = offerOf(input.model, imageUrl === undefined ? 't2v' : undefined);
    const image = offer.operation === 's2v' ? 'subjectImageUrl' : 'firstFrameImageUrl';
    upstream.reply({ body: readFixture('piapi/task-pending') });
    const outcome = await load().submit(
      {
        nativeModel: offer.nativeModel,
        operation: offer.operation,
        seconds: duration ?? 6,
        resolution: resolutions.find((name) => name === `${resolution}P`) ?? '720P',
        ...(prompt === undefined ? {} : { prompt }),
        ...(imageUrl === undefined ? {} : { [image]: imageUrl }),
        ...(promptOptimizer === undefined ? {} : { promptOptimizer }),
      },
      context,
      toCallbackTarget(config.webhook_config),
    );
    expect(outcome).toEqual({ kind: 'accepted', job: { id: '0d7c9b1e-6a52-4f0e-8f0e-3b1b8d2f6a10' } });
    const [request] = upstream.requests;
    expect(request).toMatchObject({
      method: 'POST',
      path: '/api/v1/task',
      headers: { 'x-api-key': 'the-key' },
    });
    expect(JSON.parse(request?.body ?? '')).toEqual(JSON.parse(readFixture(fixture)));
  });

  it.each(listFixtures('piapi', 'task-'))('reads %s', (fixture) => {
    const { data } = envelopeSchema.parse(JSON.parse(readFixture(fixture)));
    expect(data).toMatchObject({
      task_id: '0d7c9b1e-6a52-4f0e-8f0e-3b1b8d2f6a10',
      status: expect.any(String),
    });
  });

  it('asks for the job by its escaped id', async () => {
    expect(await check(readFixture('piapi/task-pending'))).toEqual({ kind: 'queued' });
    const headers = { 'x-api-key': 'the-key' };
    expect(upstream.requests[0]).toMatchObject({ method: 'GET', path: '/api/v1/task/a%2Fjob', headers });
  });

  it.each([
    ['task-completed', 'https://cdn.example.com/v.mp4'],
    ['task-completed-short-output', 'https://cdn.example.com/short.mp4'],
    ['task-completed-download-only', 'https://cdn.example.com/v_dl.mp4'],
  ])('finds the URL and the cost in %s', async (fixture, url) => {
    const progress = await check(readFixture(`piapi/${fixture}`));
    expect(progress).toEqual({ kind: 'succeeded', outputs: [{ url }], reportedCostMicroUsd: 200_000 });
  });

  it('reports no cost when the usage is in a unit other than points', async () => {
    const body = readFixture('piapi/task-completed').replace('"point"', '"credit"');
    expect(await check(body)).not.toHaveProperty('reportedCostMicroUsd');
  });

  it('keeps the code and the raw message of a failed job', async () => {
    expect(await check(readFixture('piapi/task-failed'))).toEqual({
      kind: 'failed',
      failure: {
        code: 'face_not_found',
        message: 'PiAPI failed the job: no face detected in the reference image',
        charged: 'no',
        providerCode: '10000',
      },
    });
  });

  it('shows no prompt in the message of a failed job that echoes it', async () => {
    const input = { prompt: 'A lighthouse at dusk' };
    const error = { code: 1, message: 'cannot draw "A lighthouse at dusk"' };
    const progress = await check(JSON.stringify({ code: 200, data: { status: 'failed', input, error } }));
    expect(progress).toMatchObject({ failure: { message: 'PiAPI failed the job: cannot draw "[hidden]"' } });
  });

  it.each([
    [400, 'invalid_request'],
    [401, 'provider_auth'],
    [402, 'provider_balance'],
    [429, 'provider_rate_limited'],
  ])('is refused when a 200 carries the code %i in its body: %s', async (code, failureCode) => {
    const outcome = await submit({ code, message: 'no', data: null });
    expect(outcome).toMatchObject({ kind: 'refused', failure: { code: failureCode, charged: 'no' } });
  });

  it('is refused for its balance when the create is answered with a job that failed for it', async () => {
    const body = readFixture('piapi/task-failed').replace(/no face[^"]*/, 'insufficient credit');
    expect(await submit(body)).toMatchObject({
      kind: 'refused',
      failure: { code: 'provider_balance', charged: 'no' },
    });
    expect(await check(body)).toMatchObject({ failure: { code: 'generation_failed' } });
  });

  it('leaves open whether a failed job was charged that shows consumed points', async () => {
    const body = readFixture('piapi/task-failed').replace('"consume": 0', '"consume": 2000000');
    expect(await check(body)).toMatchObject({ kind: 'failed', failure: { charged: 'unknown' } });
    expect((await submit(body)).kind).toBe('unknown');
  });

  it.each([200, 400])('is unknown when HTTP %i carries the code 400 and the id of a job', async (status) => {
    upstream.reply({ status, body: { code: 400, message: 'no', data: { task_id: 'a' } } });
    expect((await load().submit(requestFor(offerOf('t2v-01')), context)).kind).toBe('unknown');
  });

  it.each([408, 500, 10000])('is unknown when a 200 carries the code %i in its body', async (code) => {
    expect((await submit({ code, message: 'no', data: { task_id: 'a' } })).kind).toBe('unknown');
  });

  it('is refused when the create is answered with a failed task', async () => {
    expect(await submit(readFixture('piapi/task-failed'))).toMatchObject({
      kind: 'refused',
      failure: { code: 'face_not_found', charged: 'no', providerCode: '10000' },
    });
  });

  it('is out of balance when a 400 speaks of credit', async () => {
    upstream.reply({ status: 400, body: { code: 400, message: 'insufficient credit' } });
    const outcome = await load().submit(requestFor(offerOf('t2v-01')), context);
    expect(outcome).toMatchObject({ kind: 'refused', failure: { code: 'provider_balance' } });
  });

  it('learns nothing about a job from a 200 that carries another code in its body', async () => {
    const body = readFixture('piapi/task-failed').replace('"code": 200', '"code": 500');
    expect((await check(body)).kind).toBe('unreadable');
  });

  it('reads what is left on the account', async () => {
    upstream.reply({ body: readFixture('piapi/account-info') });
    expect(await load().balance?.(context)).toEqual({ kind: 'read', microUsd: 12_500_000 });
    const headers = { 'x-api-key': 'the-key' };
    expect(upstream.requests[0]).toMatchObject({ method: 'GET', path: '/account/info', headers });
  });

  it.each([
    [0, 0],
    ['1.5', 1_500_000],
    [-0.25, -250_000],
  ])('reads a balance of %j', async (equivalent_in_usd, microUsd) => {
    upstream.reply({ body: { code: 200, data: { equivalent_in_usd } } });
    expect(await load().balance?.(context)).toEqual({ kind: 'read', microUsd });
  });

  it.each<[string, Reply]>([
    ['a 401', { status: 401, body: { code: 401, message: 'failed to verify api key' } }],
    ['a page', { body: '<html></html>' }],
    ['a reset connection', 'reset'],
    ['no amount', { body: { code: 200, data: {} } }],
    ['another code', { body: { code: 500, data: { equivalent_in_usd: 5 } } }],
  ])('does not know the balance after %s', async (_name, reply) => {
    upstream.reply(reply);
    expect(await load().balance?.(context)).toMatchObject({ kind: 'unreadable' });
  });
});

/** Of any operation when none is given. */
function offerOf(nativeModel: string, operation?: string) {
  const offer = piapi
    .load({})
    .offers.find((it) => it.nativeModel === nativeModel && (operation ?? it.operation) === it.operation);
  if (offer === undefined) throw new Error(`No offer has the native model ${nativeModel}`);
  return offer;
}

function toCallbackTarget(
  webhook: { endpoint: string; secret: string } | undefined,
): CallbackTarget | undefined {
  return webhook && { url: webhook.endpoint, proof: webhook.secret };
}
