import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { isWebhookSecret, newShortId } from '../../../shared/ids.ts';
import { createEndpointStore } from '../../../shared/storage/endpoint-store.ts';
import { type ServedApi, startApi, twoProviders } from '../../support/served-api.ts';

const madeSchema = z.looseObject({ id: z.string(), secret: z.string() });
const listSchema = z.object({ data: z.array(z.looseObject({ id: z.string() })) });
const url = 'https://hooks.example.com/conch';
const path = '/v1/webhook_endpoints';

let api: ServedApi;
let key: string;
let account: string;
beforeAll(async () => {
  api = await startApi(twoProviders);
});
afterAll(() => api.close());
beforeEach(async () => {
  account = newShortId();
  key = (await api.tables.accounts.createKey(account, new Date())).text;
});

const call = (method: string, at: string, json?: unknown) =>
  api.call({
    method,
    path: at,
    headers: { authorization: `Bearer ${key}` },
    ...(json !== undefined && { json }),
  });
const create = async (body: object = { url }) => madeSchema.parse((await call('POST', path, body)).body);
const list = async () => listSchema.parse((await call('GET', path)).body).data;
const stored = () => createEndpointStore({ client: api.tables.client, tableName: 'accounts' }).list(account);

describe('POST /v1/webhook_endpoints', () => {
  it('makes an endpoint that is told of everything, and shows its secret this once', async () => {
    const { secret, ...endpoint } = await create();

    expect(isWebhookSecret(secret)).toBe(true);
    expect(endpoint).toEqual({
      id: expect.stringMatching(/^we_/),
      object: 'webhook_endpoint',
      url,
      events: ['video.completed', 'video.failed', 'video.canceled', 'budget.threshold'],
      enabled: true,
      disabled_reason: null,
      created_at: expect.any(Number),
      old_secrets_expire_at: [],
    });
    expect(await list()).toEqual([endpoint]);
    expect((await call('GET', `${path}/${endpoint.id}`)).body).toEqual(endpoint);
  });

  it.each([
    [{}, 'url', 'missing_field'],
    [{ url: 7 }, 'url', 'wrong_type'],
    [{ url: `https://a.example/${'a'.repeat(2048)}` }, 'url', 'wrong_type'],
    [{ url: 'not a url' }, 'url', 'webhook_url'],
    [{ url: 'http://hooks.example.com/' }, 'url', 'webhook_url'],
    [{ url: 'ftp://hooks.example.com/' }, 'url', 'webhook_url'],
    [{ url: 'https://user:pass@hooks.example.com/' }, 'url', 'webhook_url'],
    [{ url: 'https://10.1.2.3/' }, 'url', 'webhook_url'],
    [{ url: 'https://[::1]/' }, 'url', 'webhook_url'],
    [{ url: 'https://2130706433/' }, 'url', 'webhook_url'],
    [{ url: 'https://localhost/' }, 'url', 'webhook_url'],
    [{ url, events: [] }, 'events', 'wrong_type', /^events must be a list .*; got an empty list$/],
    [{ url, events: 7 }, 'events', 'wrong_type', /^events must be a list .*budget\.threshold; got 7$/],
    [
      { url, events: ['video.started'] },
      'events.0',
      'wrong_type',
      /^events must.*; got "video\.started" inside$/,
    ],
    [{ url, secret: 'mine' }, 'secret', 'unknown_field', /^secret is unknown; known are url, events$/],
  ])('refuses %j', async (body, param, code, message = /^url /) => {
    const answer = await call('POST', path, body);

    const errors = [{ param, code, message: expect.stringMatching(message) }];
    expect(answer).toMatchObject({ status: 422, body: { param, errors } });
    expect(await list()).toEqual([]);
  });

  it('takes a private address that the operator trusts', async () => {
    expect(await create({ url: `${api.webUrl}/hook` })).toMatchObject({ url: `${api.webUrl}/hook` });
  });

  it('makes ten of them, and refuses an eleventh, also when all come at once', async () => {
    const answers = await Promise.all(Array.from({ length: 11 }, () => call('POST', path, { url })));

    expect(answers.map(({ status }) => status).sort()).toEqual([...Array(10).fill(200), 422]);
    expect(answers.find(({ status }) => status === 422)?.body).toMatchObject({
      errors: [{ code: 'too_many_endpoints' }],
    });
    expect(new Set((await list()).map(({ id }) => id)).size).toBe(10);
  });
});

describe('POST /v1/webhook_endpoints/{id}', () => {
  it('changes what is given and keeps the rest', async () => {
    const { id, secret } = await create();
    const at = `${path}/${id}`;

    expect((await call('POST', at, { enabled: false })).body).toMatchObject({ url, enabled: false });
    const events = ['video.failed'];
    expect((await call('POST', at, { events })).body).toMatchObject({ url, enabled: false, events });
    const moved = 'https://new.example.com/';
    expect((await call('POST', at, { url: moved, enabled: true })).body).toMatchObject({
      url: moved,
      enabled: true,
      events,
    });
    expect(await stored()).toMatchObject([{ secret }]);
    expect((await call('POST', at, { url: 'https://127.0.0.1/' })).status).toBe(422);
  });
});

describe('POST /v1/webhook_endpoints/{id}/rotate_secret', () => {
  it('tells a new secret, and lets the old ones sign for a day', async () => {
    const made = await create();
    const rotate = async () =>
      madeSchema.parse((await call('POST', `${path}/${made.id}/rotate_secret`)).body);

    const [first, second] = [await rotate(), await rotate()];

    expect(new Set([made.secret, first.secret, second.secret]).size).toBe(3);
    const [endpoint] = await stored();
    expect(endpoint?.secret).toBe(second.secret);
    expect(endpoint?.oldSecrets.map(({ secret }) => secret)).toEqual([first.secret, made.secret]);
    expect(second).toMatchObject({ old_secrets_expire_at: [expect.any(Number), expect.any(Number)] });
  });

  it('keeps four old secrets at most', async () => {
    const { id } = await create();
    for (let times = 0; times < 6; times += 1) await call('POST', `${path}/${id}/rotate_secret`);

    expect((await stored())[0]?.oldSecrets).toHaveLength(4);
  });
});

describe('DELETE /v1/webhook_endpoints/{id}', () => {
  it('removes it', async () => {
    const [{ id }, other] = [await create(), await create()];

    expect((await call('DELETE', `${path}/${id}`)).body).toEqual({
      id,
      object: 'webhook_endpoint.deleted',
      deleted: true,
    });
    expect(await list()).toMatchObject([{ id: other.id }]);
  });
});

it.each([
  ['GET', ''],
  ['POST', ''],
  ['DELETE', ''],
  ['POST', '/rotate_secret'],
])("finds no other account's endpoint by %s %s", async (method, suffix) => {
  const { id } = await create();
  const headers = { authorization: `Bearer ${api.keys.rival}` };
  const json = method === 'POST' && suffix === '' ? { json: { enabled: false } } : {};
  const answer = await api.call({ method, path: `${path}/${id}${suffix}`, headers, ...json });

  expect(answer).toMatchObject({ status: 404, body: { code: 'not_found' } });
  expect(await stored()).toMatchObject([{ id, isEnabled: true, oldSecrets: [] }]);
});
