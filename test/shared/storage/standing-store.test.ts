import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { learn } from '../../../shared/domain/generation-times.ts';
import { freshStanding } from '../../../shared/domain/standing.ts';
import { newShortId } from '../../../shared/ids.ts';
import type { StandingStore } from '../../../shared/storage/standing-store.ts';
import { startTables, type Tables } from '../../support/tables.ts';

let tables: Tables;
let standings: StandingStore;
let provider: string;
beforeAll(async () => {
  tables = await startTables();
  standings = tables.standings;
});
afterAll(() => tables.close());
beforeEach(() => {
  provider = newShortId();
});

const fail = () =>
  standings.update(provider, (standing) => ({ ...standing, failures: standing.failures + 1 }));
const times = learn(undefined, 180, 200);

describe('the standing store', () => {
  it('has a fresh standing for a provider that nothing is known of', async () => {
    expect(await standings.get(provider)).toEqual({ standing: freshStanding, times: new Map() });
  });

  it('keeps what was changed', async () => {
    const changed = await standings.update(provider, (standing) => ({
      ...standing,
      leases: { 'task-1': '2026-03-02T10:00:00.000Z' },
      startsMs: [1, 2],
      balance: { microUsd: -5, at: '2026-03-02T10:00:00.000Z' },
    }));

    expect(changed.version).toBe(1);
    expect((await standings.get(provider)).standing).toEqual(changed);
  });

  it('forgets what a change leaves out', async () => {
    await standings.update(provider, (standing) => ({ ...standing, stoppedAt: 'now', pausedUntil: 'then' }));

    await standings.update(provider, ({ stoppedAt: _resumed, ...standing }) => standing);

    const { standing } = await standings.get(provider);
    expect(standing).not.toHaveProperty('stoppedAt');
    expect(standing).toMatchObject({ pausedUntil: 'then', version: 2 });
  });

  it.each([
    ['nothing', () => undefined],
    ['the same standing', <Same>(standing: Same) => standing],
  ])('writes nothing when a change returns %s', async (_, change) => {
    await fail();

    expect(await standings.update(provider, change)).toMatchObject({ failures: 1, version: 1 });
    expect((await standings.get(provider)).standing.version).toBe(1);
  });

  it('loses none of 50 changes at once', async () => {
    await Promise.all(Array.from({ length: 50 }, fail));

    expect((await standings.get(provider)).standing).toMatchObject({ failures: 50, version: 50 });
  });

  it('asks for the change again, of what somebody else wrote, when that one was faster', async () => {
    const seen: number[] = [];
    const changes = Array.from({ length: 8 }, () =>
      standings.update(provider, (standing) => {
        seen.push(standing.failures);
        return { ...standing, failures: standing.failures + 1 };
      }),
    );

    await Promise.all(changes);

    expect(seen.length).toBeGreaterThan(8);
    expect(new Set(seen)).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7]));
  });

  it('keeps generation times beside the standing, by offer, without raising its version', async () => {
    await fail();
    await standings.putTimes(provider, 't2v-01 t2v', times);
    await standings.putTimes(provider, 'MiniMax-Hailuo-2.3 i2v', times);
    await fail();

    const record = await standings.get(provider);
    expect(record.standing).toMatchObject({ failures: 2, version: 2 });
    expect(record.standing).not.toHaveProperty('times t2v-01 t2v');
    expect(record.times).toEqual(
      new Map([
        ['t2v-01 t2v', times],
        ['MiniMax-Hailuo-2.3 i2v', times],
      ]),
    );
  });

  it('keeps changes of a provider of which only generation times were known', async () => {
    await standings.putTimes(provider, 't2v-01 t2v', times);
    await fail();

    expect((await standings.get(provider)).standing).toMatchObject({ failures: 1, version: 1 });
  });

  it('loses no change that is made while generation times are written', async () => {
    await Promise.all(
      Array.from({ length: 20 }, () => [fail(), standings.putTimes(provider, 'a b', times)]).flat(),
    );

    expect(await standings.get(provider)).toMatchObject({ standing: { failures: 20, version: 20 } });
  });

  it('does not know generation times that it cannot read', async () => {
    const key = { pk: `PROVIDER#${provider}`, sk: 'STANDING' };
    await tables.client.send(
      new PutItemCommand({
        TableName: 'tasks',
        Item: marshall({ ...key, 'times a b': { median: 180 }, failures: 3 }),
      }),
    );

    expect(await standings.get(provider)).toEqual({
      standing: { ...freshStanding, failures: 3 },
      times: new Map(),
    });
  });

  it('lists every provider that was asked for, known or not', async () => {
    const other = newShortId();
    await fail();
    await standings.putTimes(other, 'a b', times);

    const records = await standings.list([provider, other, 'nobody']);

    expect([...records.keys()]).toEqual([provider, other, 'nobody']);
    expect(records.get(provider)?.standing.failures).toBe(1);
    expect(records.get(other)?.times.get('a b')).toEqual(times);
    expect(records.get('nobody')?.standing).toEqual(freshStanding);
  });

  it('lists nobody', async () => {
    expect(await standings.list([])).toEqual(new Map());
  });
});
