import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createManualClock, type ManualClock } from '../../support/manual-clock.ts';
import { startTables, type Tables } from '../../support/tables.ts';

let tables: Tables;
let clock: ManualClock;
beforeEach(async () => {
  tables = await startTables();
  onTestFinished(() => tables.close());
  clock = createManualClock('2026-03-02T10:00:38.500Z');
});

const key = { account: 'acme', keyId: 'key_1', requestsPerMinute: 3 };
const count = (changes: Partial<typeof key> = {}) =>
  tables.requests.count({ ...key, ...changes }, clock.now());

async function countTimes(times: number, changes: Partial<typeof key> = {}) {
  const standings = [];
  for (let time = 0; time < times; time += 1) standings.push(await count(changes));
  return standings.map(({ isWithin, remaining }) => (isWithin ? remaining : 'refused'));
}

async function readRows() {
  const { Items = [] } = await tables.client.send(new ScanCommand({ TableName: 'tasks' }));
  return Items.map((item) => unmarshall(item));
}

describe('the requests of a key', () => {
  it('are counted down to none, and refused until the minute turns', async () => {
    expect(await countTimes(5)).toEqual([2, 1, 0, 'refused', 'refused']);
    clock.advance(21.499);
    expect(await countTimes(1)).toEqual(['refused']);
    clock.advance(0.001);
    expect(await countTimes(4)).toEqual([2, 1, 0, 'refused']);
  });

  it('are within their limit exactly as often as it says, however many come at once', async () => {
    const standings = await Promise.all(Array.from({ length: 40 }, () => count({ requestsPerMinute: 7 })));

    const within = standings.filter(({ isWithin }) => isWithin);
    expect(within.map(({ remaining }) => remaining).toSorted()).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(await readRows()).toMatchObject([{ requestCount: 7 }]);
  });

  it('are told the end of the minute, which no refused one moves', async () => {
    const first = await count();
    await countTimes(20);
    clock.advance(10);

    expect(await count()).toEqual({
      isWithin: false,
      limit: 3,
      remaining: 0,
      resetsAt: '2026-03-02T10:01:00.000Z',
    });
    expect(first).toMatchObject({ isWithin: true, resetsAt: '2026-03-02T10:01:00.000Z' });
    expect(await readRows()).toMatchObject([{ requestCount: 3 }]);
  });

  it('are counted apart from those of another key, and of another account', async () => {
    await countTimes(3);

    expect(await countTimes(1, { keyId: 'key_2' })).toEqual([2]);
    expect(await countTimes(1, { account: 'rival' })).toEqual([2]);
    expect(await countTimes(1)).toEqual(['refused']);
  });

  it('lie in one row a minute, in the partition that functions may count in, which expires an hour after it', async () => {
    await countTimes(2);

    expect(await readRows()).toEqual([
      {
        pk: 'RATE#acme#key_1',
        sk: '2026-03-02T10:00:00.000Z',
        requestCount: 2,
        expireAtSeconds: Date.parse('2026-03-02T11:01:00.000Z') / 1000,
      },
    ]);
  });
});
