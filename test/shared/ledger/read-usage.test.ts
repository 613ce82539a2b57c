import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newShortId } from '../../../shared/ids.ts';
import { readUsage } from '../../../shared/ledger/read-usage.ts';
import { settleTask } from '../../../shared/ledger/settle.ts';
import { createRandom, pick } from '../../prove/random.ts';
import { anOffer, placeTestOrder, readMonth } from '../../support/orders.ts';
import { storeTask } from '../../support/stored-tasks.ts';
import { startTables, type Tables } from '../../support/tables.ts';

let tables: Tables;
beforeAll(async () => {
  tables = await startTables();
});
afterAll(() => tables.close());

const march = { from: '2026-03-01T00:00:00.000Z', to: '2026-04-01T00:00:00.000Z' };
const byDay = { by: 'day' } as const;
const attempt = {
  number: 1,
  provider: 'piapi',
  nativeModel: 't2v-01',
  priceMicroUsd: 1,
  claimedAt: march.from,
  claimId: 'claim-1',
};
const result = { key: 'videos/x.mp4', bytes: 9, sha256: 'f' };
const failure = { code: 'generation_failed', message: 'No' } as const;
const endings = {
  live: {},
  completed: { result },
  released: { failure: { ...failure, charged: 'no' } },
  captured: { failure: { ...failure, charged: 'yes' } },
  kept: { failure: { ...failure, charged: 'unknown' }, attempts: [{ ...attempt, outcome: 'unknown' }] },
} as const;

describe('readUsage', () => {
  it('says what the ledger says, whatever became of the tasks', async () => {
    const account = newShortId();
    const random = createRandom(20);
    for (let count = 0; count < 60; count += 1) {
      const priceMicroUsd = 1 + Math.floor(random() * 999_999);
      const [variant] = anOffer().variants;
      const offer = { variants: [{ ...variant, priceMicroUsd }] } as const;
      const task = await placeTestOrder(tables, { account, offer });
      const ending = pick(random, ['live', 'completed', 'released', 'captured', 'kept'] as const);
      const decided = await tables.tasks.amend(task.id, { set: { ...endings[ending], state: 'processing' } });
      if (decided === 'stale') throw new Error('The task was not decided');
      if (ending !== 'live') await settleTask(decided, new Date('2026-03-02T11:00:00.000Z'), tables.ledger);
    }

    const { total } = await readUsage({ account, ...march, grouping: byDay }, tables.tasks);

    const { committedMicroUsd, spentMicroUsd } = await readMonth(tables, account);
    expect(total.tasks).toBe(60);
    expect(total.unknownMicroUsd).toBeGreaterThan(0);
    expect(total.chargedMicroUsd).toBe(spentMicroUsd);
    expect(total.heldMicroUsd + total.unknownMicroUsd).toBe(committedMicroUsd);
  });

  it('has the tasks from the first moment on, and none of the last or of another account', async () => {
    const account = newShortId();
    const times = ['2026-02-28T23:59:59.999Z', march.from, '2026-03-31T23:59:59.999Z', march.to];
    for (const createdAt of times) await storeTask(tables, { account, createdAt });
    await storeTask(tables, { account: newShortId(), createdAt: march.from });

    const { groups } = await readUsage({ account, ...march, grouping: byDay }, tables.tasks);

    expect(groups.map(({ group, tasks }) => [group, tasks])).toEqual([
      ['2026-03-01', 1],
      ['2026-03-31', 1],
    ]);
  });

  it('groups by metadata over more tasks than one reading has', async () => {
    const account = newShortId();
    const requests = Array.from({ length: 205 }, (_, index) => ({ metadata: { shot: `${index % 2}` } }));
    await Promise.all(requests.map((request) => storeTask(tables, { account }, { request })));

    const grouping = { by: 'metadata', name: 'shot' } as const;
    const { groups } = await readUsage({ account, ...march, grouping }, tables.tasks);

    expect(groups.map(({ group, tasks }) => [group, tasks])).toEqual([
      ['0', 103],
      ['1', 102],
    ]);
  });

  it.each([
    ['tasks', { tasks: 2, groups: 9 }],
    ['groups', { tasks: 9, groups: 2 }],
  ])('refuses more %s than it counts rather than to leave some out', async (what, limits) => {
    const account = newShortId();
    for (const day of [1, 2, 3])
      await storeTask(tables, { account, createdAt: `2026-03-0${day}T10:00:00.000Z` });
    const query = { account, ...march, grouping: byDay };

    await expect(readUsage(query, tables.tasks, limits)).rejects.toMatchObject({
      code: 'usage_too_large',
      message: expect.stringContaining(`at most 2 ${what}`),
    });
    await expect(readUsage(query, tables.tasks, { tasks: 3, groups: 3 })).resolves.toMatchObject({
      total: { tasks: 3 },
    });
  });
});
