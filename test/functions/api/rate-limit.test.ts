import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { KeyTerms } from '../../../shared/storage/account-items.ts';
import type { ApiCall } from '../../support/http-events.ts';
import { type RoutesOnClock, startRoutesOnClock } from '../../support/routes-on-clock.ts';
import { startApi } from '../../support/served-api.ts';

let routes: RoutesOnClock;
beforeEach(async () => {
  routes = await startRoutesOnClock();
  return () => routes.close();
});

const models = { path: '/v1/models' };
const order = { method: 'POST', path: '/v1/videos', json: { prompt: 'A lighthouse at dusk' } };
const broken = async () => {
  throw Object.assign(new Error('no answer came'), { name: 'TimeoutError' });
};

/** Calls with a new key. */
async function newCaller(terms: KeyTerms = {}) {
  const { text } = await routes.newKey(terms);
  return (call: ApiCall, overrides: Parameters<RoutesOnClock['call']>[2] = {}) =>
    routes.call(text, call, overrides);
}
type Caller = Awaited<ReturnType<typeof newCaller>>;

/** What an answer says of the limit. */
async function limitOf(answer: ReturnType<Caller>) {
  const { status, headers } = await answer;
  return [status, headers['ratelimit-policy'], headers['ratelimit'], headers['retry-after']];
}

async function readPartitions() {
  const { Items = [] } = await routes.tables.client.send(new ScanCommand({ TableName: 'tasks' }));
  return Items.map(({ pk }) => pk?.S ?? '');
}

describe('a key with a limit of requests', () => {
  it('is told on every answer what is left of it, and at last when to come again', async () => {
    const call = await newCaller({ requestsPerMinute: 5 });
    const policy = '"minute";q=5;w=60';

    expect(await limitOf(call(models))).toEqual([200, policy, '"minute";r=4;t=22', undefined]);
    const half = { ...order, json: undefined, body: '{', headers: { 'content-type': 'application/json' } };
    expect(await limitOf(call(half))).toEqual([400, policy, '"minute";r=3;t=22', undefined]);
    const page = { path: '/v1/videos?limit=0' };
    expect(await limitOf(call(page))).toEqual([400, policy, '"minute";r=2;t=22', undefined]);
    const unknown = { path: '/v1/videos/video_0000000000000000' };
    expect(await limitOf(call(unknown))).toEqual([404, policy, '"minute";r=1;t=22', undefined]);
    const head = { method: 'HEAD', path: '/v1/webhook_endpoints' };
    expect(await limitOf(call(head))).toEqual([200, policy, '"minute";r=0;t=22', undefined]);
    expect(await limitOf(call(models))).toEqual([429, policy, '"minute";r=0;t=22', '22']);
    routes.clock.advance(21.5);
    expect(await limitOf(call(models))).toEqual([200, policy, '"minute";r=4;t=60', undefined]);
  });

  it('is refused with a problem that a client may repeat, before its order is read', async () => {
    const call = await newCaller({ requestsPerMinute: 1 });
    await call(models);

    const answer = await call({ ...order, json: { unknown: true } });

    const detail = 'The API key may make one request a minute, and did; try again in 22 s';
    expect(answer).toMatchObject({
      status: 429,
      headers: {
        'content-type': 'application/problem+json',
        'x-request-id': 'request-1',
        'x-should-retry': 'true',
      },
      body: {
        type: 'urn:conch:error:rate_limited',
        status: 429,
        code: 'rate_limited',
        detail,
        error: { type: 'rate_limit_error', code: 'rate_limited', message: detail },
      },
    });
  });

  it('places exactly as many of 20 parallel orders as it may', async () => {
    const call = await newCaller({ requestsPerMinute: 3 });

    const answers = await Promise.all(Array.from({ length: 20 }, () => call(order)));

    expect(answers.map(({ status }) => status).toSorted()).toEqual([
      ...Array.from({ length: 3 }, () => 200),
      ...Array.from({ length: 17 }, () => 429),
    ]);
    expect(routes.started).toHaveLength(3);
  });

  it('is asked to wait a second where the minute turned while it was refused', async () => {
    const call = await newCaller({ requestsPerMinute: 1 });
    await call(models);
    const { requests } = routes.tables;
    const slow = {
      count: async (...counted: Parameters<typeof requests.count>) => {
        const standing = await requests.count(...counted);
        routes.clock.advance(30);
        return standing;
      },
    };

    const answer = call(models, { requests: slow });

    expect(await limitOf(answer)).toEqual([429, '"minute";q=1;w=60', '"minute";r=0;t=0', '1']);
  });

  it('counts a request that waits as one, and is told how it stands when it is answered', async () => {
    const call = await newCaller({ requestsPerMinute: 3 });
    const { body } = await call(order);
    const id = Object(body).id;

    const answer = call({ path: `/v1/videos/${id}?wait=20` });

    expect(await limitOf(answer)).toEqual([200, '"minute";q=3;w=60', '"minute";r=1;t=2', undefined]);
  });

  it('orders nothing as long as its requests cannot be counted, and may repeat', async () => {
    const call = await newCaller({ requestsPerMinute: 3 });

    const answer = await call(order, { requests: { count: broken } });

    expect(answer).toMatchObject({
      status: 503,
      headers: { 'retry-after': '1', 'x-should-retry': 'true' },
      body: { code: 'temporarily_unavailable' },
    });
    expect(routes.started).toEqual([]);
  });

  it('is not counted on routes that need no key', async () => {
    const call = await newCaller({ requestsPerMinute: 1 });
    await call(models);

    expect(await limitOf(call({ path: '/health' }))).toEqual([200, undefined, undefined, undefined]);
    expect(await limitOf(call({ path: '/v/0000000000000000/secret.mp4' }))).toEqual([
      404,
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe('a key without a limit of requests', () => {
  it('is told nothing, and nothing is written for it', async () => {
    const call = await newCaller({ dailyMicroUsd: 5_000_000 });

    for (const asked of [models, order])
      expect(await limitOf(call(asked, { requests: { count: broken } }))).toEqual([
        200,
        undefined,
        undefined,
        undefined,
      ]);
    expect((await readPartitions()).filter((partition) => partition.startsWith('RATE'))).toEqual([]);
  });

  it('is refused without headers of a limit when it was revoked', async () => {
    const { accounts } = routes.tables;
    const { text, keyId } = await accounts.createKey('acme', new Date(), { requestsPerMinute: 1 });
    await accounts.revokeKey('acme', keyId, new Date());

    expect(await limitOf(routes.call(text, models))).toEqual([401, undefined, undefined, undefined]);
  });
});

describe('the functions', () => {
  it.each([
    ['of the API', '/v1/models', 200],
    ['of the doors', '/api/v1/task/unknown', 404],
  ])('%s count the requests of a key', async (_, path, status) => {
    const terms = { requestsPerMinute: 9 };
    const { text } = await served.tables.accounts.createKey('acme', new Date(), terms);

    const answer = await served.call({ path, headers: { authorization: `Bearer ${text}` } });

    expect(answer).toMatchObject({ status, headers: { 'ratelimit-policy': '"minute";q=9;w=60' } });
    expect(answer.headers['ratelimit']).toMatch(/^"minute";r=8;t=\d+$/);
  });
});

let served: Awaited<ReturnType<typeof startApi>>;
beforeAll(async () => {
  served = await startApi();
});
afterAll(() => served.close());
