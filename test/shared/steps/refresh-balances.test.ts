import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { secondsAfter } from '../../../shared/clock.ts';
import { createRefreshBalances, type RefreshBalances } from '../../../shared/steps/refresh-balances.ts';
import { type ScriptedUpstream, startScriptedUpstream } from '../../support/scripted-upstream.ts';
import { type Steps, startSteps } from '../../support/steps.ts';

let steps: Steps;
let apixo: ScriptedUpstream;
let refreshBalances: RefreshBalances;

/** PiAPI is the one provider with a balance that has a key. It takes a request every five seconds. */
beforeEach(async () => {
  apixo = await startScriptedUpstream();
  steps = await startSteps({ PIAPI_LIMITS: '{"spacing_ms": 5000}', APIXO_BASE_URL: apixo.url });
  refreshBalances = createRefreshBalances(steps.context);
});
afterEach(async () => {
  await Promise.all([steps.close(), apixo.close()]);
});

const standingOf = async (provider: string) => (await steps.standings.get(provider)).standing;
const anAccount = (usd: number) => ({ body: { code: 200, data: { equivalent_in_usd: usd } } });
const inSeconds = (seconds: number) => secondsAfter(steps.clock.now(), seconds);

describe('refreshBalances', () => {
  it('writes what is left on the account, and when that was read', async () => {
    steps.upstream.reply(anAccount(12.5));
    const at = inSeconds(0);

    expect(await refreshBalances()).toBe(1);
    expect(await standingOf('piapi')).toMatchObject({ balance: { microUsd: 12_500_000, at } });
    expect(steps.upstream.requests).toMatchObject([{ method: 'GET', path: '/account/info' }]);
  });

  it('asks a provider as soon as somebody stored a key for it', async () => {
    steps.upstream.reply(anAccount(12.5));
    apixo.reply({ body: { code: 200, data: 3 } });

    expect(await refreshBalances()).toBe(1);
    expect(apixo.requests).toEqual([]);
    await steps.context.credentials.putApiKey('apixo', 'apixo-key');
    expect(await refreshBalances()).toBe(1);
    expect(await standingOf('apixo')).toMatchObject({ balance: { microUsd: 3_000_000 } });
  });

  it('asks again ten minutes later', async () => {
    steps.upstream.reply(anAccount(12.5), anAccount(-0.25));
    await refreshBalances();
    steps.clock.advance(599);

    expect(await refreshBalances()).toBe(0);
    steps.clock.advance(1);
    expect(await refreshBalances()).toBe(1);
    expect(await standingOf('piapi')).toMatchObject({ balance: { microUsd: -250_000 } });
  });

  it('does not ask for what another function has just read', async () => {
    const balance = { microUsd: 7_000_000, at: inSeconds(-60) };
    await steps.standings.update('piapi', (it) => ({ ...it, balance }));

    expect(await refreshBalances()).toBe(0);
    expect(await standingOf('piapi')).toMatchObject({ balance });
  });

  it.each([
    ['is an error', { status: 500, body: 'out of order' }],
    ['has no amount', { body: { code: 200, data: {} } }],
    ['does not come', 'reset'],
  ] as const)('keeps the old balance for ten minutes when the answer %s', async (_, reply) => {
    const balance = { microUsd: 7_000_000, at: inSeconds(-3600) };
    await steps.standings.update('piapi', (it) => ({ ...it, balance }));
    steps.upstream.reply(reply, anAccount(3));

    expect(await refreshBalances()).toBe(0);
    steps.clock.advance(599);
    expect(await refreshBalances()).toBe(0);
    expect(await standingOf('piapi')).toMatchObject({ balance });
    expect(steps.upstream.requests).toHaveLength(1);
    steps.clock.advance(1);
    expect(await refreshBalances()).toBe(1);
  });

  it('waits for its turn between the requests of orders, and takes it', async () => {
    const turn = inSeconds(5);
    await steps.standings.update('piapi', (it) => ({ ...it, nextRequestAt: turn }));
    steps.upstream.reply(anAccount(12.5));

    await refreshBalances();

    expect(await standingOf('piapi')).toMatchObject({
      balance: { at: turn },
      nextRequestAt: secondsAfter(turn, 5),
    });
  });

  it('leaves it to the next sweep when its turn is far away', async () => {
    await steps.standings.update('piapi', (it) => ({ ...it, nextRequestAt: inSeconds(60) }));
    steps.upstream.reply(anAccount(12.5));

    expect(await refreshBalances()).toBe(0);
    steps.clock.advance(60);
    expect(await refreshBalances()).toBe(1);
  });

  it('touches nothing else of the standing', async () => {
    const leases = { 'task-1': inSeconds(0) };
    await steps.standings.update('piapi', (it) => ({ ...it, leases, stoppedAt: inSeconds(0) }));
    steps.upstream.reply(anAccount(12.5));

    await refreshBalances();

    expect(await standingOf('piapi')).toMatchObject({ leases, stoppedAt: inSeconds(0) });
  });
});
