import { parseArgs } from 'node:util';
import { type Budget, budgetOfPeriod } from '../../domain/budget.ts';
import { toUsd } from '../../domain/money.ts';
import { keyLimitOf } from '../../storage/account-items.ts';
import type { BudgetChange } from '../../storage/account-store.ts';
import { type Counter, countersOf } from '../../storage/money-counters.ts';
import { budgetOptions, readBudgetChange, requireAccountName, toBudget } from './budget-options.ts';
import { CommandError } from './command-error.ts';
import { type Deployment, openDeployment } from './deployment.ts';
import { runCommand } from './run-command.ts';
import { toTable } from './text-table.ts';

const usage = `npm run accounts -- create NAME [--monthly-usd USD] [--daily-usd USD] [--stack STACK]
                                prints the account and its first key, once
npm run accounts -- set NAME [--monthly-usd USD|none] [--daily-usd USD|none] [--stack STACK]
npm run accounts -- show NAME [--stack STACK]

Without --stack the accounts are those of the local gateway. Budgets are of UTC months and UTC days.`;

interface AccountOptions {
  readonly name: string;
  readonly change: BudgetChange;
}

async function create({ accounts }: Deployment, { name, change }: AccountOptions): Promise<string> {
  const now = new Date();
  const budget = toBudget(change);
  if (!(await accounts.createAccount(name, now, budget))) {
    throw new CommandError(`There is an account ${name} already: change its budgets with set`);
  }
  const { text } = await accounts.createKey(name, now);
  return `${name}: ${describeBudget(budget)}\n${text}`;
}

async function set({ accounts }: Deployment, { name, change }: AccountOptions): Promise<string> {
  if (Object.keys(change).length === 0) throw new CommandError(usage);
  if (!(await accounts.setBudget(name, change))) throw unknownAccount(name);
  const account = await accounts.getAccount(name);
  return `${name}: ${describeBudget(account?.budget ?? {})}, from the next order on`;
}

function describeBudget({ monthlyMicroUsd, dailyMicroUsd }: Budget): string {
  const monthly = monthlyMicroUsd === undefined ? 'no limit' : `${toUsd(monthlyMicroUsd)} USD`;
  const daily = dailyMicroUsd === undefined ? 'no limit' : `${toUsd(dailyMicroUsd)} USD`;
  return `${monthly} a month, ${daily} a day`;
}

async function show(deployment: Deployment, { name, change }: AccountOptions): Promise<string> {
  if (Object.keys(change).length > 0) throw new CommandError(usage);
  const account = await deployment.accounts.getAccount(name);
  if (account === undefined) throw unknownAccount(name);
  const keys = await deployment.accounts.listKeys(name);
  const now = new Date().toISOString();
  const booked = { account: name, holdMonth: now.slice(0, 7), holdDay: now.slice(0, 10) };
  const rows = [
    ...countersOf(booked).map((counter) => ({ whose: 'account', counter, budget: account.budget })),
    ...keys.flatMap(({ keyId, revokedAt, ...key }) =>
      countersOf({ ...booked, keyId })
        .filter(({ owner }) => owner === 'key')
        .map((counter) => {
          const whose = revokedAt === undefined ? keyId : `${keyId} (revoked)`;
          return { whose, counter, budget: keyLimitOf(key) };
        }),
    ),
  ];
  const table = await Promise.all(rows.map((row) => toRow(row, deployment)));
  const header = ['whose', 'when (UTC)', 'budget', 'committed', 'spent'];
  return `${name}, created ${account.createdAt}, in USD\n${toTable([header, ...table])}`;
}

interface Row {
  readonly whose: string;
  readonly counter: Counter;
  readonly budget: Budget;
}

async function toRow({ whose, counter, budget }: Row, { readSpending }: Deployment): Promise<string[]> {
  const { committedMicroUsd, spentMicroUsd } = await readSpending(counter);
  const microUsd = budgetOfPeriod(budget, counter.period);
  const limit = microUsd === undefined ? 'none' : toUsd(microUsd);
  return [whose, counter.span, limit, toUsd(committedMicroUsd), toUsd(spentMicroUsd)];
}

function unknownAccount(name: string): CommandError {
  return new CommandError(`There is no account ${name}: make it with npm run accounts -- create ${name}`);
}

const actions = new Map([
  ['create', create],
  ['set', set],
  ['show', show],
]);

async function run(args: readonly string[]): Promise<void> {
  const options = { stack: { type: 'string' }, ...budgetOptions } as const;
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options });
  const [action = '', name, ...others] = positionals;
  const act = actions.get(action);
  if (act === undefined || name === undefined || others.length > 0) throw new CommandError(usage);
  requireAccountName(name);
  const change = readBudgetChange(values);
  process.stdout.write(`${await act(await openDeployment(values.stack), { name, change })}\n`);
}

await runCommand({ usage, run });
