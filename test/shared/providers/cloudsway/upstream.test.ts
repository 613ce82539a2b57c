import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cloudsway } from '../../../../shared/providers/cloudsway/index.ts';
import { createRequestSchema } from '../../../../shared/providers/cloudsway/wire.ts';
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
const authorization = 'Bearer the-key';
const job = { id: '1896852590888419329', route: 'bought-path' };

describe('the upstream of Cloudsway', () => {
  let upstream: ScriptedUpstream;
  const submit = (reply: Reply) => {
    upstream.reply(reply);
    return load().submit(requestFor(offerOf('t2v')), context);
  };
  const check = (...replies: readonly Reply[]) => {
    upstream.reply(...replies);
    return load().check(job, context);
  };
  const load = () => cloudsway.load({ CLOUDSWAY_BASE_URL: upstream.url });
  const fixture = (name: string) => ({ body: readFixture(`cloudsway/${name}`) });

  beforeEach(async () => {
    upstream = await startScriptedUpstream();
  });
  afterEach(() => upstream.close());

  it.each(listFixtures('cloudsway', 'create-'))(
    'sends exactly the request of %s, blanks left out',
    async (name) => {
      const key = /create-([a-z0-9_]+)/.exec(name)?.[1] ?? '';
      const wire = createRequestSchema.parse(JSON.parse(readFixture(name)));
      const subjectImageUrl = wire.subjectReference?.[0]?.image[0];
      upstream.reply(fixture('created'));
      const outcome = await load().submit(
        {
          nativeModel: `MaaS_HL_Video_${key}`,
          operation: offerOf(key).operation,
          ...(wire.prompt === undefined ? {} : { prompt: wire.prompt }),
          ...(wire.promptOptimizer === undefined ? {} : { promptOptimizer: wire.promptOptimizer }),
          ...(wire.firstFrameImage === undefined ? {} : { firstFrameImageUrl: wire.firstFrameImage }),
          ...(subjectImageUrl === undefined ? {} : { subjectImageUrl }),
        },
        context,
      );
      const route = `MaaS_HL_Video_${key}`;
      expect(outcome).toEqual({ kind: 'accepted', job: { id: '1896852590888419329', route } });
      const [request] = upstream.requests;
      expect(request).toMatchObject({ method: 'POST', path: `/v1/ai/${route}/hailuo/video/generate` });
      expect(request?.headers).toMatchObject({ authorization });
      expect(JSON.parse(request?.body ?? '')).toEqual(withoutBlanks(JSON.parse(readFixture(name))));
    },
  );

  it('sends the order to the bought path and remembers it as the route of the job', async () => {
    const settings = {
      CLOUDSWAY_BASE_URL: upstream.url,
      CLOUDSWAY_ENDPOINT_PATHS: '{"t2v":"LPUqHEAjfonOmohV"}',
    };
    upstream.reply(fixture('created'));
    const outcome = await cloudsway.load(settings).submit(requestFor(offerOf('t2v')), context);
    expect(outcome).toMatchObject({ kind: 'accepted', job: { route: 'LPUqHEAjfonOmohV' } });
    expect(upstream.requests[0]?.path).toBe('/v1/ai/LPUqHEAjfonOmohV/hailuo/video/generate');
  });

  it('asks under the base path that the settings name', async () => {
    const settings = { CLOUDSWAY_BASE_URL: upstream.url, CLOUDSWAY_BASE_PATH: '/v2/ai' };
    const provider = cloudsway.load(settings);
    upstream.reply(fixture('created'), fixture('task-preparing'));
    await provider.submit(requestFor(offerOf('t2v')), context);
    await provider.check(job, context);
    expect(upstream.requests.map(({ path }) => path)).toEqual([
      '/v2/ai/MaaS_HL_Video_t2v/hailuo/video/generate',
      '/v2/ai/bought-path/hailuo/video/task/1896852590888419329',
    ]);
  });

  it('is accepted with an id in snake case', async () => {
    const outcome = await submit({ body: { task_id: '1896852590888419329' } });
    expect(outcome).toMatchObject({ kind: 'accepted', job: { id: '1896852590888419329' } });
  });

  it('finds the video and its expiry in a file in snake case, and a code in camel case', async () => {
    const file = { media_url: 'https://cdn.example.com/v.mp4', expire_time: '1772478843' };
    const failed = { status: 'Fail', baseResp: { statusCode: 1026, statusMsg: 'input new_sensitive' } };
    const expiresAt = new Date(1_772_478_843_000).toISOString();
    expect(await check(fixture('task-success'), { body: file })).toEqual({
      kind: 'succeeded',
      outputs: [{ url: 'https://cdn.example.com/v.mp4', expiresAt }],
    });
    expect(await check({ body: failed })).toMatchObject({
      failure: { code: 'content_rejected', providerCode: '1026' },
    });
  });

  it('is not sent when no path was bought for the model', async () => {
    const settings = { CLOUDSWAY_BASE_URL: upstream.url, CLOUDSWAY_ENDPOINT_PATHS: '{"t2v":"a"}' };
    const outcome = await cloudsway.load(settings).submit(requestFor(offerOf('i2v')), context);
    expect(outcome).toMatchObject({
      kind: 'not_sent',
      message: expect.stringContaining('MaaS_HL_Video_i2v'),
    });
    expect(upstream.requests).toHaveLength(0);
  });

  it.each(['success', 'success-camel-case'])(
    'asks for the task and then for its file after %s',
    async (name) => {
      const progress = await check(fixture(`task-${name}`), fixture('file'));
      const url = expect.stringContaining('Expires=1772803299');
      const expiresAt = new Date(1_772_478_843_000).toISOString();
      expect(progress).toEqual({ kind: 'succeeded', outputs: [{ url, expiresAt }] });
      expect(upstream.requests.map(({ path }) => path)).toEqual([
        '/v1/ai/bought-path/hailuo/video/task/1896852590888419329',
        '/v1/ai/bought-path/hailuo/video/file?taskId=1896852590888419329&fileId=243456265392387',
      ]);
      for (const { method, headers } of upstream.requests) {
        expect({ method, headers }).toMatchObject({ method: 'GET', headers: { authorization } });
      }
    },
  );

  it('takes the earlier expiry of the example, whose URL lives longer than its file', async () => {
    const progress = await check(fixture('task-success'), fixture('file-document'));
    const expiresAt = new Date(1_741_022_843_000).toISOString();
    const url = expect.stringContaining('Expires=1741347299');
    expect(progress).toEqual({ kind: 'succeeded', outputs: [{ url, expiresAt }] });
  });

  it('keeps every digit of a file id that comes as a number', async () => {
    await check({ body: '{"status":"Success","file_id":1896852590888419333}' }, fixture('file'));
    expect(upstream.requests[1]?.path).toMatch(/fileId=1896852590888419333$/);
  });

  it.each<[string, Reply]>([
    ['a 504', { status: 504 }],
    ['a page', { body: '<html></html>' }],
    ['a reset connection', 'reset'],
  ])(
    'knows that the job is done, without its video yet, when the file answers with %s',
    async (_name, reply) => {
      expect(await check(fixture('task-success'), reply)).toEqual({ kind: 'succeeded', outputs: [] });
    },
  );

  it('rejects the content when a failed task carries the code 1027 of the origin', async () => {
    expect(await check(fixture('task-fail'))).toEqual({
      kind: 'failed',
      failure: {
        code: 'content_rejected',
        message: 'Cloudsway failed the job: output new_sensitive',
        charged: 'no',
        providerCode: '1027',
      },
    });
  });

  it.each(['preparing', 'queueing', 'processing'])('reads the fixture of a task that is %s', async (word) => {
    const kind = word === 'processing' ? 'running' : 'queued';
    expect(await check(fixture(`task-${word}`))).toEqual({ kind });
  });

  it('cannot look at a job without a route', async () => {
    expect((await load().check({ id: job.id }, context)).kind).toBe('unreadable');
    expect(upstream.requests).toHaveLength(0);
  });

  it.each([
    ['NO_BALANCER_ERROR', 'provider_unavailable'],
    ['NO_PROVIDER_ERROR', 'provider_unavailable'],
    ['NO_PASSAGEWAY', 'provider_unavailable'],
    ['NO_ENDPOINT', 'provider_unavailable'],
    ['AI_PASSAGEWAY_GROUP_IS_EMPTY_ERROR', 'provider_unavailable'],
    ['MODEL_TYPE_NOT_FOUND', 'provider_unavailable'],
    ['The response was filtered', 'content_rejected'],
  ])('is refused when a 400 says "%s": %s', async (message, code) => {
    for (const body of [{ code: '400', message }, { error: message }]) {
      const outcome = await submit({ status: 400, body });
      expect(outcome).toMatchObject({ kind: 'refused', failure: { code, charged: 'no' } });
    }
  });

  it('is refused with the reason as the code of the provider when a 400 has it for a code', async () => {
    const outcome = await submit({ status: 400, body: { code: 'NO_PASSAGEWAY', message: 'try later' } });
    const failure = { code: 'provider_unavailable', providerCode: 'NO_PASSAGEWAY' };
    expect(outcome).toMatchObject({ kind: 'refused', failure });
  });

  it('is refused when a 200 carries a code of the origin in place of an id', async () => {
    const body = { task_id: '', base_resp: { status_code: 1008, status_msg: 'insufficient balance' } };
    const outcome = await submit({ body });
    expect(outcome).toMatchObject({
      kind: 'refused',
      failure: { code: 'provider_balance', providerCode: '1008' },
    });
  });

  it('is refused by a code of the origin that comes with a 400', async () => {
    const body = { base_resp: { status_code: 1008, status_msg: 'insufficient balance' } };
    expect(await submit({ status: 400, body })).toMatchObject({
      kind: 'refused',
      failure: { code: 'provider_balance', providerCode: '1008' },
    });
  });

  it.each([{ base_resp: { status_code: 1000 } }, { code: '1024', message: 'internal' }])(
    'is unknown when a 400 carries a breakdown of the origin: %j',
    async (body) => {
      expect((await submit({ status: 400, body })).kind).toBe('unknown');
    },
  );

  it.each([0, 1000, 1024])(
    'is unknown when a 200 has no id and the code %i of the origin',
    async (status_code) => {
      expect((await submit({ body: { taskId: '', base_resp: { status_code } } })).kind).toBe('unknown');
    },
  );
});

function offerOf(key: string) {
  const offer = cloudsway.load({}).offers.find(({ nativeModel }) => nativeModel === `MaaS_HL_Video_${key}`);
  if (offer === undefined) throw new Error(`No offer has the key ${key}`);
  return offer;
}

function withoutBlanks(body: object): object {
  return Object.fromEntries(
    Object.entries(body).filter(([, value]) => typeof value !== 'string' || value.trim() !== ''),
  );
}
