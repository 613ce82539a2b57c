import type { ProofReport } from './proof.ts';
import { proveDeployment } from './prove-deployment.ts';
import { proveFailover } from './prove-failover.ts';
import { proveHistories } from './prove-histories.ts';
import { proveKills } from './prove-kills.ts';
import { proveLimits } from './prove-limits.ts';
import { proveLongFaults } from './prove-long-faults.ts';
import { proveOpenAiOrders } from './prove-openai-orders.ts';
import { provePains } from './prove-pains.ts';
import { proveShortFaults } from './prove-short-faults.ts';
import { proveWrites } from './prove-writes.ts';

/** `npm run prove`: what is too long for `npm test`, in about half an hour; prints a table, exits 1 if one breaks. */
const proofs = [
  proveLongFaults,
  proveFailover,
  proveWrites,
  proveHistories,
  proveOpenAiOrders,
  proveShortFaults,
  proveKills,
  proveDeployment,
  proveLimits,
  provePains,
];

const appendices: string[] = [];
console.log('| proof | what was done | what came of it | time | result |');
console.log('|---|---|---|---|---|');
for (const prove of proofs) {
  const startedAt = performance.now();
  const report = await prove();
  console.log(toRow(report, performance.now() - startedAt));
  for (const problem of report.problems) console.error(`${report.proof}: ${problem}`);
  if (report.problems.length > 0) process.exitCode = 1;
  if (report.appendix !== undefined) appendices.push(report.appendix);
}
for (const appendix of appendices) console.log(`\n${appendix}`);

function toRow({ proof, done, counts, problems }: ProofReport, milliseconds: number): string {
  const result = problems.length === 0 ? 'holds' : `${problems.length} problems`;
  return `| ${proof} | ${done} | ${counts} | ${Math.round(milliseconds / 1000)} s | ${result} |`;
}
