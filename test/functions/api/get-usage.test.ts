import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ServedApi, startApi } from '../../support/served-api.ts';
import { storeTask } from '../../support/stored-tasks.ts';

let api: ServedApi;
let headers: Readonly<Record<string, string>>;
beforeAll(async () => {
  api = await startApi();
  const account = 'spender';
  headers = { authorization: `Bearer ${(await api.tables.accounts.createKey(account, new Date())).text}` };
  const shot = (name: string) => ({ request: { metadata: { shot: name } } });
  const first = { account, createdAt: '2026-03-01T00:00:00.000Z', keyId: 'key_1' };
  const second = { account, createdAt: '2026-03-02T23:59:59.999Z', provider: 'cloudsway' };
  await storeTask(api.tables, { ...first, state: 'completed', chargeMicroUsd: 200_001 }, shot('=1+1'));
  await storeTask(api.tables, { ...first, state: 'failed', chargeMicroUsd: 0 }, shot('a, "b"'));
  await storeTask(api.tables, { ...second, state: 'processing', holdMicroUsd: 1 });
  await storeTask(api.tables, { ...second, state: 'failed', holdMicroUsd: 250_000 }, shot(''));
});
afterAll(() => api.close());

const march = 'from=2026-03-01&to=2026-04-01';
const usage = (query: string, more: Readonly<Record<string, string>> = {}) =>
  api.call({ path: `/v1/usage?${query}`, headers: { ...headers, ...more } });

const total = { charged: '0.200001', held: '0.000001', unknown: '0.25', tasks: 4 };
const early = { charged: '0.200001', held: '0.00', unknown: '0.00', tasks: 2 };
const late = { charged: '0.00', held: '0.000001', unknown: '0.25', tasks: 2 };

describe('GET /v1/usage', () => {
  it('has every charge, hold and unknown of the account by the day of acceptance', async () => {
    const { status, body } = await usage(march);

    expect(status).toBe(200);
    expect(body).toEqual({
      object: 'usage',
      from: '2026-03-01T00:00:00.000Z',
      to: '2026-04-01T00:00:00.000Z',
      total,
      data: [
        { group: '2026-03-01', ...early },
        { group: '2026-03-02', ...late },
      ],
    });
  });

  it.each([
    ['provider', ['cloudsway', 'piapi']],
    ['model', ['hailuo-01']],
    ['key', ['key_1', 'none']],
    ['metadata.shot', ['', '=1+1', 'a, "b"', null]],
    ['metadata[shot]', ['', '=1+1', 'a, "b"', null]],
  ])('groups by %s with the same total', async (grouping, groups) => {
    const { body } = await usage(`${march}&group_by=${grouping}`);

    expect(body).toMatchObject({ total, data: groups.map((group) => ({ group })) });
  });

  it.each([
    ['from=2026-03-02&to=2026-03-03', late],
    ['from=2026-03-01&to=2026-03-02', early],
    ['from=2026-03-01T00:00:00.001Z&to=2026-03-02T23:59:59.999Z', { tasks: 0 }],
    ['from=1772323200&to=1772409600', early],
  ])('counts the tasks from the first moment on and before the last one: %s', async (query, expected) => {
    expect(await usage(query)).toMatchObject({ body: { total: expected } });
  });

  it('is about the current month unless told otherwise', async () => {
    const { body } = await usage('');

    const now = new Date();
    const start = (offset: number) => new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + offset));
    expect(body).toMatchObject({ from: start(0).toISOString(), to: start(1).toISOString(), data: [] });
  });

  it.each([
    ['format=csv', {}],
    ['', { accept: 'text/csv' }],
    ['format=csv', { accept: 'application/json' }],
  ])('is CSV with the query %j and the headers %j', async (query, more) => {
    const answer = await usage(`${march}&group_by=metadata.shot&${query}`, more);

    expect(answer).toMatchObject({ status: 200, headers: { 'content-type': 'text/csv; charset=utf-8' } });
    expect(answer.body).toBe(
      [
        'group,charged,held,unknown,tasks',
        '"",0.00,0.00,0.25,1',
        "'=1+1,0.200001,0.00,0.00,1",
        '"a, ""b""",0.00,0.00,0.00,1',
        ',0.00,0.000001,0.00,1',
        '',
      ].join('\r\n'),
    );
  });

  it('is JSON when that is asked for, whatever is accepted', async () => {
    const answer = await usage('format=json', { accept: 'text/csv' });

    expect(answer).toMatchObject({ headers: { 'content-type': 'application/json' } });
  });

  it.each([
    ['from', 'from=march'],
    ['to', 'to=2026-13-01'],
    ['to', 'from=2026-03-01&to=2026-03-01'],
    ['to', 'from=2026-01-01&to=2026-04-04'],
    ['group_by', 'group_by=colour'],
    ['group_by', 'group_by=metadata.'],
    ['format', 'format=xml'],
    ['groupby', 'groupby=day'],
  ])('refuses a wrong %s in %s', async (param, query) => {
    expect(await usage(query)).toMatchObject({ status: 400, body: { code: 'invalid_query', param } });
  });

  it('needs a key', async () => {
    const answer = await api.call({ path: '/v1/usage', headers: { authorization: '' } });

    expect(answer).toMatchObject({ status: 401 });
  });
});
