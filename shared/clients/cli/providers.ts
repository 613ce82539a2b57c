import { parseArgs } from 'node:util';
import { secondsBetween } from '../../clock.ts';
import { toUsd } from '../../domain/money.ts';
import { freshStanding, type Standing } from '../../domain/standing.ts';
import { providerDefinitions } from '../../providers/registry.ts';
import { healthOf } from '../../routing/health.ts';
import { CommandError } from './command-error.ts';
import { type Deployment, openDeployment } from './deployment.ts';
import { runCommand } from './run-command.ts';
import { toTable } from './text-table.ts';

const names = providerDefinitions.map(({ name }) => name);

const usage = `npm run providers -- list [--stack STACK]
npm run providers -- pause NAME [--stack STACK]     sends no new orders to it; jobs that run are finished
npm run providers -- resume NAME [--stack STACK]

Without --stack the providers are those of the local gateway. Names: ${names.join(', ')}.`;

async function list({ standings, queue }: Deployment): Promise<string> {
  const records = await standings.list(names);
  const now = new Date();
  const rows = names.map(async (name) => {
    const standing = records.get(name)?.standing ?? freshStanding;
    const inUse = Object.keys(standing.leases).length;
    const waiting = await queue.count(name);
    return [name, describeState(standing, now), `${inUse}`, `${waiting}`, describeBalance(standing)];
  });
  return toTable([['provider', 'state', 'in use', 'waiting', 'balance'], ...(await Promise.all(rows))]);
}

/** What matters most comes first: an operator's word, then the provider's, then what we saw. */
function describeState(standing: Standing, now: Date): string {
  const { stoppedAt, pausedUntil, openUntil } = standing;
  if (stoppedAt !== undefined) return `paused since ${stoppedAt}`;
  if (pausedUntil !== undefined && secondsBetween(now, pausedUntil) > 0) {
    return `rate limited until ${pausedUntil}`;
  }
  switch (healthOf(standing, now)) {
    case 'closed':
      return 'works';
    case 'open':
      return `fails, tried again at ${openUntil}`;
    case 'half_open':
      return 'fails, tried again with the next order';
  }
}

function describeBalance({ balance }: Standing): string {
  return balance === undefined ? 'unknown' : `${toUsd(balance.microUsd)} USD at ${balance.at}`;
}

async function pause({ standings }: Deployment, name: string): Promise<string> {
  let pausedBefore: string | undefined;
  await standings.update(name, (standing) => {
    pausedBefore = standing.stoppedAt;
    return pausedBefore === undefined ? { ...standing, stoppedAt: new Date().toISOString() } : undefined;
  });
  if (pausedBefore !== undefined) return `${name} is paused already, since ${pausedBefore}`;
  return `${name} is paused: it gets no new orders, what waits for it waits on, and jobs that run are finished`;
}

async function resume({ standings }: Deployment, name: string): Promise<string> {
  let wasPaused = false;
  await standings.update(name, ({ stoppedAt, ...standing }) => {
    wasPaused = stoppedAt !== undefined;
    return wasPaused ? standing : undefined;
  });
  if (!wasPaused) return `${name} was not paused`;
  return `${name} is resumed: what waits for it starts with the next sweep, within a minute`;
}

const actions = new Map([
  ['pause', pause],
  ['resume', resume],
]);

async function run(args: readonly string[]): Promise<void> {
  const options = { stack: { type: 'string' } } as const;
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options });
  const [action = '', given] = positionals;
  process.stdout.write(`${await prepare(action, given)(await openDeployment(values.stack))}\n`);
}

/** The deployment is opened only for what can be done. */
function prepare(action: string, given: string | undefined): (deployment: Deployment) => Promise<string> {
  if (action === 'list') return list;
  const act = actions.get(action);
  if (act === undefined || given === undefined) throw new CommandError(usage);
  const name = given.toLowerCase();
  if (!names.includes(name)) {
    throw new CommandError(`There is no provider "${given}"; the known ones are ${names.join(', ')}`);
  }
  return (deployment) => act(deployment, name);
}

await runCommand({ usage, run });
