import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { minimax } from '../../../../shared/providers/minimax/index.ts';
import { type CreateRequest, createRequestSchema } from '../../../../shared/providers/minimax/wire.ts';
import type { JobRequest, ProviderContext } from '../../../../shared/providers/provider.ts';
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
  clock: createManualClock('2026-03-02T10:00:00.000Z'),
  signal: new AbortController().signal,
};
const headers = { authorization: 'Bearer the-key' };

describe('the upstream of MiniMax', () => {
  let upstream: ScriptedUpstream;
  const load = () => minimax.load({ MINIMAX_BASE_URL: upstream.url });
  const submit = (reply: Reply, overrides: Partial<JobRequest> = {}) => {
    upstream.reply(reply);
    return load().submit(requestFor(anOffer(), overrides), context);
  };
  const check = (...replies: readonly Reply[]) => {
    upstream.reply(...replies);
    return load().check({ id: '106916112212032' }, context);
  };
  const fixture = (name: string) => ({ body: readFixture(`minimax/${name}`) });
  const withCode = (status_code: number, status_msg = 'a reason', more = {}) => ({
    body: { task_id: '', ...more, base_resp: { status_code, status_msg } },
  });

  beforeEach(async () => {
    upstream = await startScriptedUpstream();
  });
  afterEach(() => upstream.close());

  it.each(listFixtures('minimax', 'create-'))('sends exactly the request of %s', async (name) => {
    const wire = createRequestSchema.parse(JSON.parse(readFixture(name)));
    upstream.reply(fixture('created'));
    const callback = wire.callback_url === undefined ? undefined : { url: wire.callback_url, proof: 'p' };
    const outcome = await load().submit(toJobRequest(wire), context, callback);
    expect(outcome).toEqual({ kind: 'accepted', job: { id: '106916112212032' } });
    const [request] = upstream.requests;
    expect(request).toMatchObject({ method: 'POST', path: '/v1/video_generation', headers });
    expect(JSON.parse(request?.body ?? '')).toEqual(JSON.parse(readFixture(name)));
  });

  it('sends seconds and resolution with every offer but that of a subject', async () => {
    const { offers } = load();
    for (const offer of offers) {
      upstream.reply(fixture('created'));
      await load().submit(requestFor(offer), context);
    }
    const without = upstream.requests
      .map(({ body }) => JSON.parse(body))
      .filter((sent) => !('duration' in sent) || !('resolution' in sent));
    expect(upstream.requests).toHaveLength(offers.length);
    expect(without.map(({ model }) => model)).toEqual(['S2V-01']);
  });

  it('is not sent when there is no such model', async () => {
    const outcome = await load().submit(requestFor(anOffer(), { nativeModel: 'T2V-99' }), context);
    expect(outcome).toMatchObject({ kind: 'not_sent', message: expect.stringContaining('T2V-99') });
    expect(upstream.requests).toHaveLength(0);
  });

  it.each([
    [1002, 'provider_rate_limited'],
    [1039, 'provider_rate_limited'],
    [1041, 'provider_rate_limited'],
    [2045, 'provider_rate_limited'],
    [2056, 'provider_rate_limited'],
    [1004, 'provider_auth'],
    [2049, 'provider_auth'],
    [1026, 'content_rejected'],
    [2013, 'invalid_request'],
    [1042, 'invalid_request'],
  ])('is refused, uncharged, when a 200 carries the code %i: %s', async (statusCode, code) => {
    expect(await submit(withCode(statusCode))).toEqual({
      kind: 'refused',
      failure: {
        code,
        message: `MiniMax refused the order (${statusCode}): a reason`,
        charged: 'no',
        providerCode: `${statusCode}`,
      },
    });
  });

  it('is out of balance as in the fixture, and blames the image where the words do', async () => {
    const outOfBalance = await submit(fixture('refused-balance'));
    const badImage = await submit(withCode(2013, 'invalid params, first_frame_image is too small'));
    expect(outOfBalance).toMatchObject({ kind: 'refused', failure: { code: 'provider_balance' } });
    expect(badImage).toMatchObject({ kind: 'refused', failure: { code: 'bad_image' } });
  });

  it('keeps how long to wait when a refusal with 200 says it', async () => {
    const reply = { ...withCode(1002), headers: { 'retry-after': '30' } };
    expect(await submit(reply)).toMatchObject({ kind: 'refused', retryAfterSeconds: 30 });
  });

  it.each([1000, 1001, 1013, 1024, 1033, 1027, 4242, -1])(
    'is unknown when a 200 without an id carries the code %i',
    async (code) => {
      const outcome = await submit(withCode(code));
      expect(outcome).toMatchObject({ kind: 'unknown', message: expect.stringContaining(`(${code})`) });
    },
  );

  it.each([1000, 1001, 1013, 1024, 1033])('is unknown when a 400 carries the code %i', async (code) => {
    expect((await submit({ status: 400, ...withCode(code) })).kind).toBe('unknown');
  });

  it('is accepted when there is an id, whatever code comes with it', async () => {
    const outcome = await submit(withCode(1002, 'slow down', { task_id: '7' }));
    expect(outcome).toEqual({ kind: 'accepted', job: { id: '7' } });
  });

  it('reads the code of a 4xx by the table, and shows no prompt', async () => {
    const prompt = 'A lighthouse at dusk';
    const outcome = await submit({ status: 400, ...withCode(1008, `no money for ${prompt}`) }, { prompt });
    expect(outcome).toMatchObject({
      kind: 'refused',
      failure: {
        code: 'provider_balance',
        message: 'MiniMax refused the order (400): no money for [hidden]',
        providerCode: '1008',
      },
    });
  });

  it.each([
    ['preparing', 'queued'],
    ['queueing', 'queued'],
    ['processing', 'running'],
  ])('reads the fixture of a task that is %s: %s', async (word, kind) => {
    expect(await check(fixture(`task-${word}`))).toEqual({ kind });
  });

  it('asks for the task and then for its file, whose link lives for an hour', async () => {
    expect(await check(fixture('task-success'), fixture('file'))).toEqual({
      kind: 'succeeded',
      outputs: [{ url: 'https://cdn.example.com/output.mp4?sig=x', expiresAt: '2026-03-02T11:00:00.000Z' }],
    });
    expect(upstream.requests).toMatchObject([
      { method: 'GET', path: '/v1/query/video_generation?task_id=106916112212032', headers },
      { method: 'GET', path: '/v1/files/retrieve?file_id=176844028768320', headers },
    ]);
  });

  it('takes the earlier of an hour and what the link itself says', async () => {
    const soon = Date.parse('2026-03-02T10:20:00.000Z') / 1000;
    const body = readFixture('minimax/file').replace('sig=x', `Expires=${soon}`);
    const progress = await check(fixture('task-success'), { body });
    expect(progress).toMatchObject({ outputs: [{ expiresAt: '2026-03-02T10:20:00.000Z' }] });
  });

  it('keeps every digit of a file id that comes as a number', async () => {
    await check({ body: '{"status":"Success","file_id":1896852590888419333}' }, fixture('file'));
    expect(upstream.requests[1]?.path).toMatch(/file_id=1896852590888419333$/);
  });

  it.each<[string, Reply]>([
    ['a 504', { status: 504 }],
    ['the code 1013', { body: { base_resp: { status_code: 1013, status_msg: 'internal' } } }],
    ['a reset connection', 'reset'],
  ])('knows that the job is done, without its video yet, when the file answers %s', async (_name, reply) => {
    expect(await check(fixture('task-success'), reply)).toEqual({ kind: 'succeeded', outputs: [] });
  });

  it('rejects the content when a failed task carries the code 1027', async () => {
    expect(await check(fixture('task-fail'))).toEqual({
      kind: 'failed',
      failure: {
        code: 'content_rejected',
        message: 'MiniMax failed the job: output new_sensitive',
        charged: 'no',
        providerCode: '1027',
      },
    });
  });

  it('rejects the content when a failed task carries the code 1026', async () => {
    const progress = await check(withCode(1026, 'input new_sensitive', { status: 'Fail' }));
    expect(progress).toMatchObject({ kind: 'failed', failure: { code: 'content_rejected' } });
  });

  it.each([1000, 1001, 1002, 1004, 1008, 1024, 1026, 2013, 2056, 4242])(
    'learns nothing about the job from the code %i on a query',
    async (code) => {
      for (const status of [undefined, '', 'Processing', 'Success', 'Daydreaming']) {
        const progress = await check(withCode(code, 'a reason with the-key', { status }));
        expect(progress).toEqual({
          kind: 'unreadable',
          message: `MiniMax answered the look unreadably: (${code}): a reason with [hidden]`,
        });
      }
    },
  );
});

function anOffer() {
  const [offer] = minimax.load({}).offers;
  if (offer === undefined) throw new Error('There is no offer');
  return offer;
}

function toJobRequest(wire: CreateRequest): JobRequest {
  const subject = wire.subject_reference?.[0].image[0];
  const offer = minimax.load({}).offers.find(({ nativeModel }) => nativeModel === wire.model);
  if (offer === undefined) throw new Error(`No offer has the native model ${wire.model}`);
  return {
    nativeModel: wire.model,
    operation: offer.operation,
    seconds: wire.duration ?? 6,
    resolution: wire.resolution ?? '720P',
    ...(wire.prompt !== undefined && { prompt: wire.prompt }),
    ...(wire.prompt_optimizer !== undefined && { promptOptimizer: wire.prompt_optimizer }),
    ...(wire.first_frame_image !== undefined && { firstFrameImageUrl: wire.first_frame_image }),
    ...(wire.last_frame_image !== undefined && { lastFrameImageUrl: wire.last_frame_image }),
    ...(subject !== undefined && { subjectImageUrl: subject }),
  };
}
