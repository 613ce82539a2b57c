import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { kie } from '../../../../shared/providers/kie/index.ts';
import { readFixture } from '../../../support/read-fixture.ts';
import {
  type Reply,
  type ScriptedUpstream,
  startScriptedUpstream,
} from '../../../support/scripted-upstream.ts';
import { unhurried } from '../provider-setting.ts';

describe.each(['hailuo', 'market'])('KIE in the dialect %s', (dialect) => {
  let upstream: ScriptedUpstream;
  const load = (variables = {}) =>
    kie.load({ KIE_BASE_URL: upstream.url, KIE_DIALECT: dialect, ...variables });

  beforeEach(async () => {
    upstream = await startScriptedUpstream();
  });
  afterEach(() => upstream.close());

  it.each([
    ['hailuo', 'kie/record-success', '/api/v1/hailuo/record-info?taskId=1'],
    ['market', 'kie-market/record-success', '/api/v1/jobs/recordInfo?taskId=1'],
  ])('finds a job that was bought in the dialect %s', async (route, fixture, path) => {
    upstream.reply({ body: readFixture(fixture) });
    const progress = await load().check({ id: '1', route }, unhurried());
    expect(progress).toMatchObject({ kind: 'succeeded', outputs: [{ url: expect.any(String) }] });
    expect(upstream.requests[0]?.path).toBe(path);
  });

  it('reads what is left on the account', async () => {
    upstream.reply({ body: readFixture('kie-market/credit') });
    const balance = await load({ KIE_USD_PER_CREDIT: '0.006' }).balance?.(unhurried());
    expect(balance).toEqual({ kind: 'read', microUsd: 600_000 });
    const headers = { authorization: expect.stringMatching(/^Bearer /) };
    expect(upstream.requests[0]).toMatchObject({ method: 'GET', path: '/api/v1/chat/credit', headers });
  });

  it.each([
    [0, 0],
    ['7.5', 37_500],
    [-2, -10_000],
  ])('reads a balance of %j credits', async (data, microUsd) => {
    upstream.reply({ body: { code: 200, data } });
    expect(await load().balance?.(unhurried())).toEqual({ kind: 'read', microUsd });
  });

  it.each<[string, Reply]>([
    ['a 401', { status: 401, body: { code: 401, msg: 'no' } }],
    ['a page', { body: '<html></html>' }],
    ['a reset connection', 'reset'],
    ['no number', { body: { code: 200, data: 'plenty' } }],
    ['nothing', { body: { code: 200, data: null } }],
    ['another code', { body: { code: 401, data: 5 } }],
  ])('does not know the balance after %s', async (_name, reply) => {
    upstream.reply(reply);
    expect(await load().balance?.(unhurried())).toMatchObject({ kind: 'unreadable' });
  });
});
