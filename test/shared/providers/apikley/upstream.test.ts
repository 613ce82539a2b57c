import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { apikley } from '../../../../shared/providers/apikley/index.ts';
import { createRequestSchema } from '../../../../shared/providers/market/wire.ts';
import { listFixtures, readFixture } from '../../../support/read-fixture.ts';
import { type ScriptedUpstream, startScriptedUpstream } from '../../../support/scripted-upstream.ts';
import { toMarketOrder } from '../market/market-order.ts';
import { unhurried } from '../provider-setting.ts';

const headers = { authorization: 'Bearer the-secret-key-of-the-test' };

describe('the upstream of Apikley', () => {
  let upstream: ScriptedUpstream;
  const load = () => apikley.load({ APIKLEY_BASE_URL: upstream.url });
  const order = (name: string) =>
    toMarketOrder(createRequestSchema.parse(JSON.parse(readFixture(`apikley/${name}`))));

  beforeEach(async () => {
    upstream = await startScriptedUpstream();
  });
  afterEach(() => upstream.close());

  it.each(listFixtures('apikley', 'create-'))('sends exactly the request of %s', async (fixture) => {
    upstream.reply({ body: readFixture('apikley/created') });
    const { request, callback } = order(fixture.replace('apikley/', ''));
    const outcome = await load().submit(request, unhurried(), callback);
    expect(outcome).toEqual({ kind: 'accepted', job: { id: 'task_hailuo_1772446442188' } });
    const [sent] = upstream.requests;
    expect(sent).toMatchObject({ method: 'POST', path: '/api/v1/jobs/createTask', headers });
    expect(JSON.parse(sent?.body ?? '')).toEqual(JSON.parse(readFixture(fixture)));
  });

  it('is accepted after the answer of the document', async () => {
    upstream.reply({ body: readFixture('apikley/created-document') });
    const outcome = await load().submit(order('create-document-example').request, unhurried());
    expect(outcome).toEqual({ kind: 'accepted', job: { id: 'task_hailuo_1765185342188' } });
  });

  it.each([
    [401, 'refused', 'provider_auth'],
    [402, 'refused', 'provider_balance'],
    [404, 'refused', 'invalid_request'],
    [422, 'refused', 'invalid_request'],
    [429, 'refused', 'provider_rate_limited'],
    [455, 'refused', 'provider_unavailable'],
    [505, 'refused', 'provider_unavailable'],
    [500, 'unknown', undefined],
    [501, 'unknown', undefined],
  ])('reads the code %i of the document in a 200 as %s %s', async (code, kind, failureCode) => {
    upstream.reply({ body: { code, msg: 'no', data: null } });
    const outcome = await load().submit(order('create-document-example').request, unhurried());
    const refusal = {
      failure: { code: failureCode, charged: 'no', message: `Apikley refused the order (${code}): no` },
    };
    expect(outcome).toMatchObject({ kind, ...(failureCode === undefined ? {} : refusal) });
  });

  it('finds the URL of a job, and no cost', async () => {
    upstream.reply({ body: readFixture('apikley/record-success') });
    const progress = await load().check({ id: 'task_hailuo_1772446442188' }, unhurried());
    expect(progress).toEqual({ kind: 'succeeded', outputs: [{ url: 'https://cdn.example.com/v.mp4' }] });
    const path = '/api/v1/jobs/recordInfo?taskId=task_hailuo_1772446442188';
    expect(upstream.requests[0]).toMatchObject({ method: 'GET', path, headers });
  });

  it('names the job of a callback', () => {
    const body = readFixture('apikley/record-success');
    const claim = load().verifyCallback?.({ headers: {}, body }, 'a-proof');
    expect(claim).toEqual({ kind: 'terminal', jobId: 'task_hailuo_1772446442188' });
  });

  it('reads what is left on the account', async () => {
    upstream.reply({ body: { code: 200, msg: 'success', data: 12.5 } });
    expect(await load().balance?.(unhurried())).toEqual({ kind: 'read', microUsd: 62_500 });
    expect(upstream.requests[0]).toMatchObject({ method: 'GET', path: '/api/v1/chat/credit', headers });
  });
});
