import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newShortId } from '../../../shared/ids.ts';
import { createStandingStore } from '../../../shared/storage/standing-store.ts';
import { type ServedApi, startApi } from '../../support/served-api.ts';

let api: ServedApi;
beforeAll(async () => {
  api = await startApi({ KIE_USD_PER_CREDIT: '0.02', APIKLEY_USD_PER_CREDIT: '0.01' });
});
afterAll(() => api.close());

interface Balance {
  readonly path: string;
  /** The setting of the key. */
  readonly door?: string;
  readonly provider: string;
  /** The body for an amount. */
  readonly shown: (usd: number) => object;
  readonly unauthorized: object;
}

const credits = (usdPerCredit: number) => ({
  path: '/api/v1/chat/credit',
  shown: (usd: number) => ({ code: 200, msg: 'success', data: usd / usdPerCredit }),
  unauthorized: { code: 401, msg: expect.any(String), data: null },
});
const unauthorized = { code: 401, message: expect.any(String), data: null };

const balances: Readonly<Record<string, Balance>> = {
  PiAPI: {
    path: '/account/info',
    provider: 'piapi',
    shown: (usd) => ({
      code: 200,
      message: 'success',
      data: { is_enable: true, equivalent_in_usd: usd, wallet: { point_remain: usd * 10_000_000 } },
    }),
    unauthorized,
  },
  Apixo: {
    path: '/api/v1/apikeys/current-balance',
    provider: 'apixo',
    shown: (usd) => ({ code: 200, message: 'success', data: usd }),
    unauthorized,
  },
  'Apikley by default': { provider: 'apikley', ...credits(0.01) },
  'Apikley for a key that speaks another API': { provider: 'apikley', door: 'piapi', ...credits(0.01) },
  'Apikley for a key that speaks it': { provider: 'apikley', door: 'apikley', ...credits(0.01) },
  'KIE for a key that speaks it': { provider: 'kie', door: 'kie', ...credits(0.02) },
};

async function ask({ path, door }: Balance, monthlyMicroUsd?: number) {
  const account = newShortId();
  const budget = monthlyMicroUsd === undefined ? {} : { monthlyMicroUsd };
  await api.tables.accounts.createAccount(account, new Date(), budget);
  const terms = door === undefined ? {} : { door };
  const { text } = await api.tables.accounts.createKey(account, new Date(), terms);
  const { status, body } = await api.call({ path, headers: { authorization: `Bearer ${text}` } });
  return { status, body };
}

describe.each(Object.entries(balances))('the balance of %s', (_, balance) => {
  it('is what the budget leaves', async () => {
    expect(await ask(balance, 1_250_000)).toEqual({ status: 200, body: balance.shown(1.25) });
  });

  it("is what is left at the door's own provider where no budget is set, as it was last read", async () => {
    const standings = createStandingStore({ client: api.tables.client, tableName: 'tasks' });
    const left = { microUsd: 2_500_000, at: new Date().toISOString() };
    await standings.update(balance.provider, (standing) => ({ ...standing, balance: left }));

    expect(await ask(balance)).toEqual({ status: 200, body: balance.shown(2.5) });
  });

  it("is refused without a key in the dialect's own shape", async () => {
    const { status, body } = await api.call({ path: balance.path, headers: { authorization: '' } });

    expect({ status, body }).toEqual({ status: 401, body: balance.unauthorized });
  });
});
