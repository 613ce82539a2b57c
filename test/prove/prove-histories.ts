import { checkHistories } from '../support/histories/check-histories.ts';
import { openMemorySurroundings } from '../support/in-memory/memory-surroundings.ts';
import { countEndings, type ProofReport } from './proof.ts';

const seed = 20261121;
/** Each with a seed of its own, one more than the last. */
const chunks = 20;
const perChunk = 500;

/** What `npm test` does with its first chunk. */
export async function proveHistories(): Promise<ProofReport> {
  const surroundings = await openMemorySurroundings();
  const endings: string[] = [];
  const problems: string[] = [];
  let mishaps = 0;
  try {
    for (let chunk = 0; chunk < chunks; chunk += 1) {
      const checked = await checkHistories({ seed: seed + chunk, count: perChunk }, surroundings);
      endings.push(...checked.endings);
      mishaps += checked.mishaps;
      if (checked.counterexample !== undefined) problems.push(checked.counterexample);
    }
  } finally {
    await surroundings.close();
  }
  return {
    proof: 'random histories',
    done: `${chunks * perChunk} histories of orders, workers, callbacks and operators, injected clock, seeds ${seed} to ${seed + chunks - 1}`,
    counts: `${endings.length} tasks: ${countEndings(endings.map((ending) => ({ ending })))}; ${mishaps} calls of workers went wrong`,
    problems,
  };
}
