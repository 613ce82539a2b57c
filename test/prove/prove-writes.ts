import { lives } from '../end-to-end/support/lives.ts';
import { killAtEveryWrite, type Life } from '../support/fault-kit/kill-at-every-write.ts';
import { openMemorySurroundings } from '../support/in-memory/memory-surroundings.ts';
import type { ProofReport } from './proof.ts';

const fates = [
  'dies_before',
  'dies_during',
  'dies_after',
  'hangs',
  'answer_lost',
  'fails_after',
  'arrives_twice',
] as const;

/** Every life of an order; `npm test` lets a worker die after each write of the short ones. */
export async function proveWrites(): Promise<ProofReport> {
  const surroundings = await openMemorySurroundings();
  const problems: string[] = [];
  let writes = 0;
  let disturbed = 0;
  try {
    for (const [name, life] of Object.entries<Life>(lives)) {
      const report = await killAtEveryWrite(life, fates, surroundings);
      writes += report.writes.length;
      disturbed += report.disturbed;
      problems.push(...report.problems.map((problem) => `${name}: ${problem}`));
    }
  } finally {
    await surroundings.close();
  }
  const count = Object.keys(lives).length;
  return {
    proof: 'every write goes wrong',
    done: `${count} lives of orders, each lived again for every write and every way in which it can go wrong: ${fates.join(', ')}; dies_before only at the first write of a worker`,
    counts: `${writes} writes, ${disturbed} disturbed lives`,
    problems,
  };
}
