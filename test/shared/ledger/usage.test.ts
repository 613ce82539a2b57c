import { describe, expect, it } from 'vitest';
import { secondsAfter } from '../../../shared/clock.ts';
import { isTerminal, type Task, taskStates } from '../../../shared/domain/task.ts';
import { amountsOf, groupOf, sumUsage, type UsageGrouping } from '../../../shared/ledger/usage.ts';
import { createRandom, pick, type Random } from '../../prove/random.ts';
import { anOrder } from '../../support/orders.ts';

const aTask = (changes: Partial<Task>): Task => ({ ...anOrder().task, ...changes });
const sum = (amounts: readonly number[]) => amounts.reduce((one, other) => one + other, 0);

describe('amountsOf', () => {
  it.each(['accepted', 'submitting', 'processing', 'archiving'] as const)('holds what is %s', (state) => {
    expect(amountsOf(aTask({ state }))).toEqual({
      chargedMicroUsd: 0,
      heldMicroUsd: 200_000,
      unknownMicroUsd: 0,
      tasks: 1,
    });
  });

  it.each([
    ['the charge of a video', 'completed', 200_000, 200_000],
    ['the charge of a failure that was paid', 'failed', 200_000, 200_000],
    ['nothing of a failure that was not paid', 'failed', 0, 0],
  ] as const)('has %s', (_, state, chargeMicroUsd, charged) => {
    expect(amountsOf(aTask({ state, chargeMicroUsd }))).toEqual({
      chargedMicroUsd: charged,
      heldMicroUsd: 0,
      unknownMicroUsd: 0,
      tasks: 1,
    });
  });

  it('counts a hold that was kept as unknown', () => {
    expect(amountsOf(aTask({ state: 'failed' }))).toMatchObject({
      heldMicroUsd: 0,
      unknownMicroUsd: 200_000,
    });
  });
});

describe('groupOf', () => {
  const shots = { metadata: { shot: '' } };

  it.each([
    [{ by: 'day' }, {}, '2026-03-02'],
    [{ by: 'provider' }, {}, 'piapi'],
    [{ by: 'model' }, {}, 'hailuo-01'],
    [{ by: 'key' }, { keyId: 'key_1' }, 'key_1'],
    [{ by: 'key' }, {}, 'none'],
    [{ by: 'metadata', name: 'shot' }, {}, ''],
    [{ by: 'metadata', name: 'scene' }, {}, null],
    [{ by: 'metadata', name: 'toString' }, {}, null],
  ] as const)('by %j of a task with %j is %j', (grouping, changes, group) => {
    expect(groupOf(aTask(changes), shots, grouping)).toBe(group);
  });
});

describe('sumUsage', () => {
  const groupings: readonly UsageGrouping[] = [
    { by: 'day' },
    { by: 'provider' },
    { by: 'model' },
    { by: 'key' },
    { by: 'metadata', name: 'shot' },
  ];

  function aRandomView(random: Random) {
    const price = Math.floor(random() * 3_000_000);
    const state = pick(random, taskStates);
    const isOver = isTerminal(state);
    const charge = [0, price, undefined][Math.floor(random() * 3)];
    const task = aTask({
      state,
      createdAt: secondsAfter('2026-03-01T00:00:00.000Z', Math.floor(random() * 10 * 86_400)),
      provider: pick(random, ['piapi', 'cloudsway']),
      model: pick(random, ['hailuo-01', 'hailuo-2.3', 'hailuo-02']),
      keyId: ['key_1', 'key_2', undefined][Math.floor(random() * 3)],
      holdMicroUsd: price,
      chargeMicroUsd: isOver ? charge : undefined,
    });
    return { task, request: { metadata: pick(random, [{ shot: 'a' }, { shot: '' }, {}]) } };
  }

  it('adds up to the micro-dollar with the tasks, in total and by any grouping', () => {
    const random = createRandom(4);
    for (let round = 0; round < 100; round += 1) {
      const views = Array.from({ length: Math.floor(random() * 40) }, () => aRandomView(random));
      const over = views.filter(({ task }) => isTerminal(task.state));
      const charged = sum(over.map(({ task }) => task.chargeMicroUsd ?? 0));
      const open = over.filter(({ task }) => task.chargeMicroUsd === undefined);
      const live = views.filter((view) => !over.includes(view));
      const expected = {
        chargedMicroUsd: charged,
        heldMicroUsd: sum(live.map(({ task }) => task.holdMicroUsd)),
        unknownMicroUsd: sum(open.map(({ task }) => task.holdMicroUsd)),
        tasks: views.length,
      };
      for (const grouping of groupings) {
        const { total, groups } = sumUsage(
          views.map(({ task, request }) => ({
            group: groupOf(task, request, grouping),
            amounts: amountsOf(task),
          })),
        );

        expect(total).toEqual(expected);
        expect({
          chargedMicroUsd: sum(groups.map(({ chargedMicroUsd }) => chargedMicroUsd)),
          heldMicroUsd: sum(groups.map(({ heldMicroUsd }) => heldMicroUsd)),
          unknownMicroUsd: sum(groups.map(({ unknownMicroUsd }) => unknownMicroUsd)),
          tasks: sum(groups.map(({ tasks }) => tasks)),
        }).toEqual(expected);
        expect(new Set(groups.map(({ group }) => group)).size).toBe(groups.length);
      }
    }
  });

  it('orders the groups by their text, with those that have none at the end', () => {
    const amounts = amountsOf(aTask({}));
    const given = [null, 'b', '', 'a', null, 'b'];

    const { groups } = sumUsage(given.map((group) => ({ group, amounts })));

    expect(groups.map(({ group, tasks }) => [group, tasks])).toEqual([
      ['', 1],
      ['a', 1],
      ['b', 2],
      [null, 2],
    ]);
  });

  it('is nothing of no tasks', () => {
    const nothing = { chargedMicroUsd: 0, heldMicroUsd: 0, unknownMicroUsd: 0, tasks: 0 };

    expect(sumUsage([])).toEqual({ total: nothing, groups: [] });
  });
});
