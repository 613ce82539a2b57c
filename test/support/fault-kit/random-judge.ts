import { pick, type Random } from '../../prove/random.ts';
import type { Fate } from './fates.ts';
import type { Worker } from './worker.ts';
import type { Judge } from './workers.ts';

interface Doom {
  /** The write that it meets, counted from 1. */
  readonly write: number;
  readonly fate: Fate;
}

interface RandomJudge {
  readonly judge: Judge;
  /** How many calls met something so far. */
  struck(): number;
}

export interface DoomOptions {
  /** Of the workers. */
  readonly share: number;
  readonly fatesOf: (workerName: string) => readonly Fate[];
}

const mostWrites = 6;

/** Some workers meet one fate, at one of their first writes. */
export function createRandomJudge(random: Random, { share, fatesOf }: DoomOptions): RandomJudge {
  const dooms = new WeakMap<Worker, Doom | 'spared'>();
  let struck = 0;
  const draw = (worker: Worker): Doom | 'spared' => {
    if (random() >= share) return 'spared';
    return { write: 1 + Math.floor(random() * mostWrites), fate: pick(random, fatesOf(worker.name)) };
  };
  return {
    judge({ isWrite }, worker) {
      const doom = dooms.get(worker) ?? draw(worker);
      dooms.set(worker, doom);
      if (doom === 'spared' || !isWrite || worker.writes !== doom.write) return 'passes';
      struck += 1;
      return doom.fate;
    },
    struck: () => struck,
  };
}
