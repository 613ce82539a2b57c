import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dialectOf } from '../../../shared/providers/door.ts';
import { loadDoors } from '../../../shared/providers/doors.ts';
import { readAnyId } from '../../../shared/providers/id-forms.ts';
import { type ServedApi, startApi } from '../../support/served-api.ts';
import { idSchema, type WayIn, wayThrough } from './ways-in.ts';

let api: ServedApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

interface Choice {
  /** The setting of the key. */
  readonly ofKey?: string;
  readonly ofHeader?: string;
}

interface Entered {
  readonly way: WayIn;
  readonly provider: string;
}

/** Who is chosen by an order at a door, and who serves it. */
async function order({ way, provider: door }: Entered, { ofKey, ofHeader }: Choice) {
  const terms = { door, ...(ofKey !== undefined && { providerChoice: ofKey }) };
  const { text } = await api.tables.accounts.createKey('acme', new Date(), terms);
  const chosen = ofHeader === undefined ? {} : { 'x-conch-provider': ofHeader };
  const headers = { authorization: `Bearer ${text}`, ...chosen };
  const { body } = await api.call({ method: 'POST', path: way.path, json: way.order, headers });
  const view = await api.tables.tasks.getTaskView(readAnyId(idSchema.parse(body)) ?? '');
  const { policy, providers, preferredProvider } = view?.request ?? {};
  return { policy, providers, preferredProvider, servedBy: view?.task.provider };
}

/** Nobody else sells the model of Haiper's door. */
const elsewhere = (provider: string) => (provider === 'haiper' ? 'haiper' : 'minimax');

const entrances = loadDoors({}).map((door) => ({
  dialect: dialectOf(door),
  provider: door.provider,
  way: wayThrough(dialectOf(door)),
}));

describe('an order at a door', () => {
  it.each(entrances)('of $dialect is served by its provider where nobody chooses', async (entered) => {
    const { provider } = entered;
    expect(await order(entered, {})).toEqual({ preferredProvider: provider, servedBy: provider });
  });

  it.each(entrances)("of $dialect is served as the key's setting says", async (entered) => {
    expect(await order(entered, { ofKey: 'value' })).toEqual({
      policy: 'value',
      servedBy: expect.any(String),
    });
    const name = elsewhere(entered.provider);
    expect(await order(entered, { ofKey: name })).toEqual({ providers: [name], servedBy: name });
  });

  it.each(entrances)('of $dialect is served as the header says', async (entered) => {
    const name = elsewhere(entered.provider);
    expect(await order(entered, { ofHeader: name })).toEqual({ providers: [name], servedBy: name });
  });

  it.each(entrances)("of $dialect is served as the header says over the key's setting", async (entered) => {
    const name = elsewhere(entered.provider);
    const chosen = await order(entered, { ofKey: 'value', ofHeader: name });
    expect(chosen).toEqual({ providers: [name], servedBy: name });
  });
});
