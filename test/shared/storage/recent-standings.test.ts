import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { priorTimes } from '../../../shared/domain/generation-times.ts';
import { withRecentStandings } from '../../../shared/storage/recent-standings.ts';
import { createStandingStore, type StandingStore } from '../../../shared/storage/standing-store.ts';
import { createManualClock, type ManualClock } from '../../support/manual-clock.ts';
import { startTables, type Tables } from '../../support/tables.ts';

describe('the standings of a warm function', () => {
  let tables: Tables;
  let store: StandingStore;
  let clock: ManualClock;
  let recent: StandingStore;
  let provider = 0;
  const name = () => `provider-${provider}`;
  const stop = () => store.update(name(), (standing) => ({ ...standing, stoppedAt: 'now' }));
  const isListedAsStopped = async (names = [name()]) =>
    (await recent.list(names)).get(name())?.standing.stoppedAt !== undefined;

  beforeAll(async () => {
    tables = await startTables();
    store = createStandingStore({ client: tables.client, tableName: 'tasks' });
  });
  afterAll(() => tables.close());
  beforeEach(() => {
    provider += 1;
    clock = createManualClock();
    recent = withRecentStandings(store, clock);
  });

  it('are listed as they were for a second, and then anew', async () => {
    expect(await isListedAsStopped()).toBe(false);
    await stop();

    clock.advance(0.9);
    expect(await isListedAsStopped()).toBe(false);
    clock.advance(0.1);
    expect(await isListedAsStopped()).toBe(true);
  });

  it('are not taken for those of other providers', async () => {
    await recent.list(['another']);
    await stop();

    expect(await isListedAsStopped()).toBe(true);
    expect(await isListedAsStopped(['another', name()])).toBe(true);
  });

  it('are recalled as they were for ten seconds, while a place is decided by what is true now', async () => {
    await recent.recall(name());
    await store.putTimes(name(), 'model t2v', priorTimes(60));

    clock.advance(9.9);
    expect((await recent.recall(name())).times.size).toBe(0);
    expect((await recent.get(name())).times.size).toBe(1);
    clock.advance(0.1);
    expect((await recent.recall(name())).times.size).toBe(1);
  });

  it('are asked for again after a reading that failed', async () => {
    let isBroken = true;
    const flaky = withRecentStandings(
      { ...store, list: (names) => (isBroken ? Promise.reject(new Error('busy')) : store.list(names)) },
      clock,
    );
    await expect(flaky.list([name()])).rejects.toThrow('busy');
    isBroken = false;

    expect((await flaky.list([name()])).size).toBe(1);
  });
});
