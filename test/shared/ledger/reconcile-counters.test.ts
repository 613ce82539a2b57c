import { describe, expect, it } from 'vitest';
import type { Task } from '../../../shared/domain/task.ts';
import {
  addTasks,
  addVerdicts,
  type CounterReading,
  isFinal,
  judgeCounters,
  noCounterFindings,
  type Verdicts,
} from '../../../shared/ledger/reconcile-counters.ts';
import { anOrder } from '../../support/orders.ts';

const aTask = (changes: Partial<Task> = {}): Task => ({ ...anOrder({ keyId: 'key_1' }).task, ...changes });
const holds = (committedMicroUsd: number, spentMicroUsd = 0) => ({ committedMicroUsd, spentMicroUsd });
const month = 'MONTH#2026-03';

describe('addTasks', () => {
  it.each([
    ['a live task', { state: 'processing' }, holds(200_000)],
    ['a kept hold', { state: 'failed' }, holds(200_000)],
    ['a charge', { state: 'completed', chargeMicroUsd: 200_000 }, holds(0, 200_000)],
    ['a release', { state: 'failed', chargeMicroUsd: 0 }, holds(0)],
  ] as const)('books %s on the month, the day and the key', (_, changes, amounts) => {
    expect([...addTasks(new Map(), [aTask(changes)])]).toEqual([
      [month, amounts],
      ['KEYMONTH#key_1#2026-03', amounts],
      ['DAY#2026-03-02', amounts],
      ['KEYDAY#key_1#2026-03-02', amounts],
    ]);
  });

  it('books a row of the first version, which names neither day nor key, on its month alone', () => {
    const { holdDay: _, keyId: __, ...old } = aTask();

    expect([...addTasks(new Map(), [old])]).toEqual([[month, holds(200_000)]]);
  });

  it('adds to what others came to, and leaves that as it is', () => {
    const sums = addTasks(new Map(), [aTask(), aTask({ state: 'completed', chargeMicroUsd: 150_000 })]);

    expect(addTasks(sums, [aTask()]).get(month)).toEqual(holds(400_000, 150_000));
    expect(sums.get(month)).toEqual(holds(200_000, 150_000));
  });
});

describe('isFinal', () => {
  it.each([
    [{ state: 'processing' }, false],
    [{ state: 'failed' }, false],
    [{ state: 'failed', chargeMicroUsd: 0 }, true],
    [{ state: 'completed', chargeMicroUsd: 200_000 }, true],
  ] as const)('of %j is %s', (changes, expected) => {
    expect(isFinal(aTask(changes))).toBe(expected);
  });
});

/** A reading of one counter: before, what the tasks come to, and after. */
function aReading(before: number, tasks: number, after = before): CounterReading {
  const amounts = (microUsd: number) => new Map(microUsd === 0 ? [] : [[month, holds(microUsd)]]);
  return { before: amounts(before), tasks: amounts(tasks), after: amounts(after) };
}

function judgeAll(readings: readonly CounterReading[]) {
  let verdicts: Verdicts = new Map();
  for (const reading of readings) verdicts = judgeCounters(verdicts, reading);
  return verdicts.get(month);
}

describe('judgeCounters', () => {
  it.each([
    ['agrees when it agrees once', [aReading(5, 5)], 'agrees'],
    ['is suspected after one difference', [aReading(5, 3)], 'suspected'],
    ['differs when the difference is seen again', [aReading(5, 3), aReading(5, 3)], 'differs'],
    [
      'differs when the counter went on, and the difference stayed',
      [aReading(5, 3), aReading(9, 7)],
      'differs',
    ],
    [
      'differs when it stood still around a moving reading',
      [aReading(5, 3), aReading(5, 3, 6), aReading(6, 4)],
      'differs',
    ],
    [
      'is suspected when each reading differs by another amount',
      [aReading(5, 3), aReading(5, 2)],
      'suspected',
    ],
    ['agrees when the task that was missing is there', [aReading(5, 3), aReading(5, 5)], 'agrees'],
    [
      'is moving as long as it was booked on during each reading',
      [aReading(5, 3, 6), aReading(6, 8, 8)],
      'moving',
    ],
    ['differs when it is not there, and a task is', [aReading(0, 3), aReading(0, 3)], 'differs'],
    ['differs when it is there, and no task is', [aReading(3, 0), aReading(3, 0)], 'differs'],
    ['is not looked at again once it agreed', [aReading(5, 5), aReading(6, 5), aReading(6, 5)], 'agrees'],
  ] as const)('%s', (_, readings, kind) => {
    expect(judgeAll(readings)?.kind).toBe(kind);
  });

  it('tells apart what is held and what was charged', () => {
    const reading = {
      before: new Map([[month, holds(0, 200_000)]]),
      tasks: new Map([[month, holds(200_000, 0)]]),
      after: new Map([[month, holds(0, 200_000)]]),
    };

    expect(judgeAll([reading, reading])).toEqual({
      kind: 'differs',
      stored: holds(0, 200_000),
      tasks: holds(200_000, 0),
    });
  });
});

describe('addVerdicts', () => {
  it('lists what differs, and apart from that what could not be compared', () => {
    const comparison = { stored: holds(5), tasks: holds(3) };
    const verdicts: Verdicts = new Map([
      ['a', { kind: 'agrees' }],
      ['b', { kind: 'differs', ...comparison }],
      ['c', { kind: 'suspected', ...comparison }],
      ['d', { kind: 'moving' }],
    ]);

    const once = addVerdicts(noCounterFindings, 'acme', verdicts);
    const twice = addVerdicts(once, 'other', new Map([['a', { kind: 'agrees' }]]));

    expect(twice).toEqual({
      accounts: 2,
      compared: 5,
      differing: [{ account: 'acme', sortKey: 'b', ...comparison }],
      moving: [
        { account: 'acme', sortKey: 'c' },
        { account: 'acme', sortKey: 'd' },
      ],
    });
  });
});
