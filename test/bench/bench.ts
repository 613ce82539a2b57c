import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { reportAccepts } from './report-accepts.ts';
import { reportArchive } from './report-archive.ts';
import { reportBundles } from './report-bundles.ts';
import { reportInFlight } from './report-in-flight.ts';
import { reportLooks } from './report-looks.ts';
import { reportTaskCosts } from './report-task-costs.ts';

/** `npm run bench`: every number is measured on this machine; the targets stand beside them. */
async function main(): Promise<void> {
  const [cpu] = cpus();
  console.log(
    `Node ${process.version}, ${process.platform} ${process.arch}, ${cpus().length} × ${cpu?.model}, ${describeCommit()}`,
  );
  for (const report of [
    reportBundles,
    reportTaskCosts,
    reportLooks,
    reportArchive,
    reportAccepts,
    reportInFlight,
  ])
    console.log(await report());
}

function describeCommit(): string {
  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd: fileURLToPath(new URL('.', import.meta.url)), encoding: 'utf8' }).trim();
  const commit = git('rev-parse', '--short', 'HEAD');
  return git('status', '--porcelain') === '' ? `commit ${commit}` : `uncommitted changes on ${commit}`;
}

await main();
