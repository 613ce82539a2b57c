import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { kie } from '../../../../shared/providers/kie/index.ts';
import { createRequestSchema, envelopeSchema } from '../../../../shared/providers/market/wire.ts';
import type { JobRequest, ProviderContext } from '../../../../shared/providers/provider.ts';
import { upstreamHttp } from '../../../../shared/providers/upstream-http.ts';
import { createManualClock } from '../../../support/manual-clock.ts';
import { listFixtures, readFixture } from '../../../support/read-fixture.ts';
import {
  type Reply,
  type ScriptedUpstream,
  startScriptedUpstream,
} from '../../../support/scripted-upstream.ts';
import { toMarketOrder } from '../market/market-order.ts';

const context: ProviderContext = {
  apiKey: 'the-key',
  http: upstreamHttp,
  clock: createManualClock(),
  signal: new AbortController().signal,
};
const headers = { authorization: 'Bearer the-key' };
const order: JobRequest = {
  nativeModel: 'hailuo/2-3-image-to-video-standard',
  operation: 'i2v',
  seconds: 6,
  resolution: '768P',
  prompt: 'A lighthouse at dusk',
  firstFrameImageUrl: 'https://img.example.com/lighthouse.png',
};

describe('the upstream of KIE on the market', () => {
  let upstream: ScriptedUpstream;
  const load = () => kie.load({ KIE_BASE_URL: upstream.url, KIE_DIALECT: 'market' });
  const submit = (reply: Reply, overrides: Partial<JobRequest> = {}) => {
    upstream.reply(reply);
    return load().submit({ ...order, ...overrides }, context);
  };
  const check = (reply: Reply) => {
    upstream.reply(reply);
    return load().check({ id: 'a/1' }, context);
  };
  const fixture = (name: string) => ({ body: readFixture(`kie-market/${name}`) });

  beforeEach(async () => {
    upstream = await startScriptedUpstream();
  });
  afterEach(() => upstream.close());

  it.each(listFixtures('kie-market', 'create-'))('sends exactly the request of %s', async (name) => {
    const wire = createRequestSchema.parse(JSON.parse(readFixture(name)));
    upstream.reply(fixture('created'));
    const { request, callback } = toMarketOrder(wire);
    const outcome = await load().submit(request, context, callback);
    const job = { id: '281e5b0aa1c04d2f9e63c1d2b7f39b91', route: 'market' };
    expect(outcome).toEqual({ kind: 'accepted', job });
    const [sent] = upstream.requests;
    expect(sent).toMatchObject({ method: 'POST', path: '/api/v1/jobs/createTask', headers });
    expect(JSON.parse(sent?.body ?? '')).toEqual(JSON.parse(readFixture(name)));
  });

  it.each<[string, Partial<JobRequest>]>([
    ['a model of the other dialect', { nativeModel: 'hailuo-2-3' }],
    ['a guessed model', { nativeModel: 'hailuo/2-3-text-to-video-standard' }],
    ['a last frame that the model does not take', { lastFrameImageUrl: 'https://img.example.com/end.png' }],
    ['8 seconds', { seconds: 8 }],
    ['a resolution that the model does not have', { resolution: '512P' }],
    ['no optimizer on a model that always has one', { promptOptimizer: false }],
  ])('is not sent with %s', async (_name, overrides) => {
    expect((await submit(fixture('created'), overrides)).kind).toBe('not_sent');
    expect(upstream.requests).toHaveLength(0);
  });

  it('leaves out a wish for what the model always does', async () => {
    await submit(fixture('created'), { promptOptimizer: true });
    expect(JSON.parse(upstream.requests[0]?.body ?? '').input).not.toHaveProperty('prompt_optimizer');
  });

  it.each([
    [401, 'provider_auth'],
    [402, 'provider_balance'],
    [404, 'invalid_request'],
    [422, 'invalid_request'],
    [429, 'provider_rate_limited'],
    [455, 'provider_unavailable'],
    [505, 'provider_unavailable'],
  ])('is refused when a 200 carries the code %i in its body: %s', async (code, failureCode) => {
    expect(await submit({ body: { code, msg: 'no', data: null } })).toMatchObject({
      kind: 'refused',
      failure: { code: failureCode, charged: 'no', providerCode: `${code}` },
    });
  });

  it('is refused with a 455, which only this host has', async () => {
    const outcome = await submit({ status: 455, body: { code: 455, msg: 'no', data: null } });
    expect(outcome).toMatchObject({ kind: 'refused', failure: { code: 'provider_unavailable' } });
  });

  it('is refused in the words of error-401', async () => {
    const message = 'KIE refused the order (401): You do not have access permissions';
    expect(await submit(fixture('error-401'))).toMatchObject({ failure: { code: 'provider_auth', message } });
  });

  it('is accepted, and looked at, with the envelope of the other dialect too', async () => {
    const created = await submit({ body: { code: 0, message: 'success', data: { taskId: 'a1' } } });
    const body = readFixture('kie-market/record-success').replace('"code": 200', '"code": 0');
    expect(created).toMatchObject({ kind: 'accepted', job: { id: 'a1' } });
    expect(await check({ body })).toMatchObject({ kind: 'succeeded' });
  });

  it.each([408, 500, 501, 1004, 9])('is unknown when a 200 carries the code %i in its body', async (code) => {
    expect((await submit({ body: { code, msg: 'no', data: null } })).kind).toBe('unknown');
  });

  it.each([402, 500])('is unknown when the code %i comes with the id of a task', async (code) => {
    expect((await submit({ body: { code, msg: 'no', data: { taskId: 'a' } } })).kind).toBe('unknown');
  });

  it('asks for the job by its escaped id', async () => {
    await check(fixture('record-generating'));
    const path = '/api/v1/jobs/recordInfo?taskId=a%2F1';
    expect(upstream.requests[0]).toMatchObject({ method: 'GET', path, headers });
  });

  it.each(listFixtures('kie-market', 'record-'))('reads %s', (name) => {
    const { data } = envelopeSchema.parse(JSON.parse(readFixture(name)));
    const taskId = '281e5b0aa1c04d2f9e63c1d2b7f39b91';
    expect(data).toMatchObject({ taskId, state: expect.any(String) });
  });

  it.each([
    ['record-waiting', 'queued'],
    ['record-queuing', 'queued'],
    ['record-generating', 'running'],
  ])('trusts no result in %s', async (name, kind) => {
    expect(await check(fixture(name))).toEqual({ kind });
  });

  it('finds the URL, and the cost by the price of a credit', async () => {
    const outputs = [{ url: 'https://file.example.com/v.mp4' }];
    const succeeded = { kind: 'succeeded', outputs };
    expect(await check(fixture('record-success'))).toEqual({ ...succeeded, reportedCostMicroUsd: 150_000 });
    expect(await check(fixture('callback-success'))).toEqual(succeeded);
  });

  it.each([
    [52.5, 262_500],
    ['30', 150_000],
    [1.1, 5_500],
    [0, 0],
    [-1, undefined],
    ['some', undefined],
    [1e300, undefined],
  ])('reads a consumption of %j credits as %j', async (creditsConsumed, cost) => {
    const progress = await check({ body: { code: 200, data: { state: 'success', creditsConsumed } } });
    expect(progress).toEqual({
      kind: 'succeeded',
      outputs: [],
      ...(cost === undefined ? {} : { reportedCostMicroUsd: cost }),
    });
  });

  it.each(['record-fail', 'callback-fail'])('keeps the code and the message of %s', async (name) => {
    const message = 'KIE failed the job: Internal server error';
    const failure = { code: 'generation_failed', message, charged: 'no', providerCode: '500' };
    expect(await check(fixture(name))).toEqual({ kind: 'failed', failure });
  });

  it.each([
    [0, 'no'],
    [30, 'unknown'],
  ])(
    'when a failed job consumed %i credits, whether it was charged is %s',
    async (creditsConsumed, charged) => {
      const progress = await check({ body: { code: 200, data: { state: 'fail', creditsConsumed } } });
      expect(progress).toMatchObject({ kind: 'failed', failure: { charged } });
    },
  );

  it('shows no prompt in the message of a failed job that echoes it', async () => {
    const param = JSON.stringify({ input: { prompt: 'Two knights at sunset' } });
    const data = { state: 'fail', param, failMsg: 'cannot draw "Two knights at sunset"' };
    const progress = await check({ body: { code: 200, data } });
    expect(progress).toMatchObject({ failure: { message: 'KIE failed the job: cannot draw "[hidden]"' } });
  });

  it.each([
    { code: 422, msg: 'recordInfo is null', data: null },
    { code: 404, msg: 'not found', data: null },
    { code: 500, msg: 'no', data: { state: 'fail' } },
    { code: 501, msg: 'no', data: null },
    { code: 501, msg: 'no', data: { state: 'success' } },
    { code: 200, data: { state: '' } },
  ])('learns nothing about a job from %j', async (body) => {
    expect((await check({ body })).kind).toBe('unreadable');
  });
});
