import * as fc from 'fast-check';
import type { MemorySurroundings } from '../in-memory/memory-surroundings.ts';
import { type History, histories } from './history.ts';
import { type HistoryEnd, openHistoryPlayer } from './history-player.ts';

interface Check {
  readonly seed: number;
  readonly count: number;
}

export interface CheckedHistories {
  /** Of every task. */
  readonly endings: readonly string[];
  /** How many calls of workers went wrong. */
  readonly mishaps: number;
  /** The smallest history found that breaks something, told to the end; absent when none does. */
  readonly counterexample: string | undefined;
}

/** Plays random histories, the same for the same seed. Of one that breaks something a smaller one is looked for. */
export async function checkHistories(
  { seed, count }: Check,
  surroundings: MemorySurroundings,
): Promise<CheckedHistories> {
  const player = await openHistoryPlayer(surroundings);
  const endings: string[] = [];
  let mishaps = 0;
  const property = fc.asyncProperty(histories(), async (history) => {
    const end = await player.play(history);
    endings.push(...end.endings);
    mishaps += end.trace.filter((line) => line.startsWith(' ') && isMishap(line)).length;
    return end.problems.length === 0;
  });
  try {
    const { failed, counterexample, counterexamplePath } = await fc.check(property, { seed, numRuns: count });
    const [history] = counterexample ?? [];
    const told = failed && history !== undefined ? tell(history, await player.play(history)) : undefined;
    const heading = `Seed ${seed}, path ${counterexamplePath}`;
    return { endings, mishaps, counterexample: told && `${heading}\n${told}` };
  } finally {
    await player.close();
  }
}

/** As the player notes what became of a write. */
function isMishap(line: string): boolean {
  return /: .* (dies_\w+|hangs|answer_lost|fails_after|arrives_twice)$/.test(line);
}

function tell({ orders }: History, { problems, trace }: HistoryEnd): string {
  const plans = orders.map(
    ({ provider, hasWebhook, faults }, number) =>
      `Order ${number} for ${provider}${hasWebhook ? ', with a webhook' : ''}: ${JSON.stringify(faults)}`,
  );
  return [...plans, ...trace, ...problems.map((problem) => `=> ${problem}`)].join('\n');
}
