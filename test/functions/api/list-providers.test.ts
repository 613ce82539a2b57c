import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { secondsAfter } from '../../../shared/clock.ts';
import { learn, priorTimes } from '../../../shared/domain/generation-times.ts';
import type { Standing } from '../../../shared/domain/standing.ts';
import { type ServedApi, startApi } from '../../support/served-api.ts';

let api: ServedApi;
beforeAll(async () => {
  api = await startApi({
    CONCH_PROVIDERS: 'minimax,cloudsway,haiper,piapi',
    PIAPI_LIMITS: '{"concurrent": 3, "per_hour": 60, "spacing_ms": 1000}',
  });
});
afterAll(() => api.close());

const listSchema = z.object({ object: z.literal('list'), data: z.array(z.looseObject({ id: z.string() })) });

async function list() {
  const { status, body } = await api.call({ path: '/v1/providers' });
  expect(status).toBe(200);
  return listSchema.parse(body).data;
}

const show = async (name: string) => (await list()).find(({ id }) => id === name);
const change = (name: string, changes: Partial<Standing>) =>
  api.tables.standings.update(name, (standing) => ({ ...standing, ...changes }));
const inSeconds = (seconds: number) => secondsAfter(new Date(), seconds);

describe('GET /v1/providers', () => {
  it('lists the enabled providers in the order of the registry', async () => {
    expect((await list()).map(({ id }) => id)).toEqual(['piapi', 'cloudsway', 'haiper', 'minimax']);
  });

  it('shows a provider of which nothing is known yet', async () => {
    const shown = await show('cloudsway');

    expect(shown).toEqual({
      id: 'cloudsway',
      object: 'provider',
      health: 'closed',
      open_until: null,
      failures: 0,
      paused: null,
      rate_limited_until: null,
      limits: { concurrent: null, per_minute: null, per_hour: null, spacing_ms: null },
      in_use: 0,
      starts_last_hour: null,
      waiting: 0,
      balance: null,
      offers: expect.any(Number),
      typical_seconds: expect.any(Array),
    });
    expect(shown?.['typical_seconds']).toHaveLength(Number(shown?.['offers']));
  });

  it('shows places, starts, queue and balance of an account', async () => {
    const [now, longAgo] = [Date.now(), Date.now() - 3_601_000];
    await change('piapi', {
      leases: { 'task-1': inSeconds(-10), 'task-2': inSeconds(-5) },
      startsMs: [longAgo, now - 10_000, now - 5000],
      balance: { microUsd: 12_500_000, at: '2026-03-02T10:00:00.000Z' },
    });
    await api.tables.queue.join('piapi', { id: 'task-3', createdAt: inSeconds(0) });
    await api.tables.queue.join('piapi', { id: 'task-4', createdAt: inSeconds(0) });

    expect(await show('piapi')).toMatchObject({
      limits: { concurrent: 3, per_minute: null, per_hour: 60, spacing_ms: 1000 },
      in_use: 2,
      starts_last_hour: 2,
      waiting: 2,
      balance: { amount: '12.50', currency: 'USD', at: '2026-03-02T10:00:00.000Z' },
    });
  });

  it('shows an open circuit, a pause of the operator and one that the provider asked for', async () => {
    const [since, openUntil, pausedUntil] = [inSeconds(-60), inSeconds(30), inSeconds(15)];
    await change('haiper', { failures: 3, openUntil, stoppedAt: since, pausedUntil });

    expect(await show('haiper')).toMatchObject({
      health: 'open',
      open_until: openUntil,
      failures: 3,
      paused: { since },
      rate_limited_until: pausedUntil,
    });
  });

  it('shows no end that is past', async () => {
    await change('minimax', { failures: 3, openUntil: inSeconds(-1), pausedUntil: inSeconds(-1) });

    expect(await show('minimax')).toMatchObject({
      health: 'half_open',
      open_until: null,
      rate_limited_until: null,
    });
  });

  it('shows how long jobs take, as learned or as the catalogue says', async () => {
    const times = learn(learn(priorTimes(180), 180, 120), 180, 120);
    await api.tables.standings.putTimes('piapi', 't2v-01 t2v', times);
    await api.tables.standings.putTimes('piapi', 's2v-01 s2v', learn(undefined, 999, 999));

    const learned = { model: 'hailuo-01', operation: 't2v', native_model: 't2v-01', learned_from: 2 };
    const catalogue = { native_model: 's2v-01', typical_seconds: 180, learned_from: 0 };
    expect(await show('piapi')).toMatchObject({
      typical_seconds: expect.arrayContaining([
        { ...learned, typical_seconds: Math.round(Math.exp(times.meanLog)) },
        expect.objectContaining(catalogue),
      ]),
    });
  });

  it('needs a key', async () => {
    const headers = { authorization: '' };

    expect(await api.call({ path: '/v1/providers', headers })).toMatchObject({ status: 401 });
  });
});
