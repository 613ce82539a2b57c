import { lives } from '../end-to-end/support/lives.ts';
import { killAtEveryWrite } from '../support/fault-kit/kill-at-every-write.ts';
import { openMemorySurroundings } from '../support/in-memory/memory-surroundings.ts';
import type { ProofReport } from './proof.ts';

/** Every life of an order, with a worker that dies at each of its writes in turn; `npm test` lives the short ones. */
export async function proveKilledWrites(): Promise<ProofReport> {
  const surroundings = await openMemorySurroundings();
  try {
    const problems: string[] = [];
    let deaths = 0;
    for (const [name, life] of Object.entries(lives)) {
      const report = await killAtEveryWrite(life, ['dies_before', 'dies_after'], surroundings);
      deaths += report.writes.length;
      problems.push(...report.problems.map((problem) => `${name}: ${problem}`));
    }
    const done = `${Object.keys(lives).length} lives of an order, a worker killed at each write of each`;
    return { proof: 'killed at every write', done, counts: `${deaths} writes`, problems };
  } finally {
    await surroundings.close();
  }
}
