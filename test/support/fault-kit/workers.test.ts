import { describe, expect, it } from 'vitest';
import { createActivity } from '../activity.ts';
import { createManualClock } from '../manual-clock.ts';
import type { Fate } from './fates.ts';
import { createWorkers, type Judge } from './workers.ts';

const write = { what: 'a write', isWrite: true };

/** A worker that makes two writes and notes how far it came. */
function startWork(judge: Judge) {
  const [clock, activity] = [createManualClock(), createActivity()];
  const workers = createWorkers({ clock, activity, timeoutSeconds: () => 60 });
  const [sent, lived]: [string[], string[]] = [[], []];
  const send = (name: string) =>
    workers.carry(write, {
      async send() {
        sent.push(name);
        return 'done';
      },
      broken: () => Promise.reject(new Error('the connection broke')),
      failed: async () => 'failed',
      isRepeatable: true,
    });
  const work = async () => {
    for (const name of ['first', 'second']) {
      const answer = await send(name).catch(({ message }: Error) => message);
      lived.push(`${name}: ${answer}`);
    }
    return 'the end';
  };
  return { clock, activity, workers, sent, lived, end: workers.run({ name: 'CheckJob', work, judge }) };
}

const atSecond =
  (fate: Fate): Judge =>
  (_, { writes }) =>
    writes === 2 ? fate : 'passes';

describe('a worker', () => {
  it.each([
    ['dies_before', ['first']],
    ['dies_after', ['first', 'second']],
    ['dies_during', ['first']],
  ] as const)(
    'does nothing more once it %s a write, not even what follows an error',
    async (fate, arrived) => {
      const { end, sent, lived } = startWork(atSecond(fate));
      await expect(end).rejects.toMatchObject({ name: 'Runtime.ExitError' });
      expect(sent).toEqual(arrived);
      expect(lived).toEqual(['first: done']);
    },
  );

  it('leaves a write on its way that arrives when it is let', async () => {
    const { end, sent, workers } = startWork(atSecond('dies_during'));
    await expect(end).rejects.toThrow();
    await workers.deliverLate();
    expect(sent).toEqual(['first', 'second']);
  });

  it.each([
    ['answer_lost', ['first', 'second'], 'the connection broke'],
    ['fails_after', ['first', 'second'], 'failed'],
    ['fails_before', ['first'], 'failed'],
    ['arrives_twice', ['first', 'second', 'second'], 'done'],
  ] as const)('goes on after %s, with what its caller would see', async (fate, arrived, seen) => {
    const { end, sent, lived } = startWork(atSecond(fate));
    expect(await end).toBe('the end');
    expect(sent).toEqual(arrived);
    expect(lived).toEqual(['first: done', `second: ${seen}`]);
  });

  it('that hangs is not under way, and goes on when it is resumed', async () => {
    const { end, sent, activity, workers } = startWork(atSecond('hangs'));
    await activity.untilQuiet();
    expect(sent).toEqual(['first']);
    for (const worker of workers.hanging()) worker.resume();
    expect(await end).toBe('the end');
  });

  it('that hangs dies when its time is up', async () => {
    const { end, sent, activity, clock } = startWork(atSecond('hangs'));
    await activity.untilQuiet();
    clock.advance(60);
    await expect(end).rejects.toMatchObject({ name: 'Sandbox.Timedout' });
    expect(sent).toEqual(['first']);
  });
});
