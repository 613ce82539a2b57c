import { parseArgs } from 'node:util';
import { systemClock, systemPause } from '../../clock.ts';
import { reconcile } from '../../ledger/reconcile.ts';
import { providerDefinitions } from '../../providers/registry.ts';
import { type Deployment, openDeployment } from './deployment.ts';
import { describeReconciliation } from './describe-reconciliation.ts';
import { openMedia } from './open-media.ts';
import { runCommand } from './run-command.ts';

const usage = `npm run reconcile [-- --json] [--stack STACK]

Compares the ledger with its tasks and with what providers report, now, and prints what differs since the report of
an earlier day. Stores nothing. Exit code 1 when something differs. Without --stack it is the local gateway's ledger.`;

async function run(args: readonly string[]): Promise<void> {
  const options = { json: { type: 'boolean', default: false }, stack: { type: 'string' } } as const;
  const { values } = parseArgs({ args: [...args], options });
  const report = await reconcile(toSources(await openDeployment(values.stack)));
  const text = values.json ? JSON.stringify(report, undefined, 2) : describeReconciliation(report);
  process.stdout.write(`${text}\n`);
  if (report.differs) process.exitCode = 1;
}

function toSources(deployment: Deployment): Parameters<typeof reconcile>[0] {
  const { tasks, standings, ledger } = deployment;
  return {
    tasks,
    standings,
    accountsTable: { client: ledger.client, tableName: ledger.accountsTableName },
    providerNames: providerDefinitions.map(({ name }) => name),
    media: openMedia(deployment),
    clock: systemClock,
    pause: systemPause,
  };
}

await runCommand({ usage, run });
