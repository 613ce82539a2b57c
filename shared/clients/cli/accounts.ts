import { parseArgs } from 'node:util';
import { type Budget, budgetOfPeriod } from '../../domain/budget.ts';
import { toUsd } from '../../domain/money.ts';
import { retentionDays } from '../../domain/retention.ts';
import { isCounted, keyLimitOf } from '../../storage/account-items.ts';
import type { AccountChange, AccountTerms } from '../../storage/account-terms.ts';
import { type Counter, countersOf } from '../../storage/money-counters.ts';
import { budgetOptions, readBudgetChange, requireAccountName, toBudget } from './budget-options.ts';
import { CommandError } from './command-error.ts';
import { type Deployment, openDeployment } from './deployment.ts';
import { describeRetention, readRetentionChange, retentionOption } from './retention-option.ts';
import { runCommand } from './run-command.ts';
import { toTable } from './text-table.ts';

const usage = `npm run accounts -- create NAME [--monthly-usd USD] [--daily-usd USD] [--retention-days DAYS] [--stack STACK]
                                prints the account and its first key, once
npm run accounts -- set NAME [--monthly-usd USD|none] [--daily-usd USD|none] [--retention-days DAYS|default]
                             [--stack STACK]
npm run accounts -- show NAME [--stack STACK]

Without --stack the accounts are those of the local gateway. Budgets are of UTC months and UTC days. DAYS are whole
ones from ${retentionDays.least} to ${retentionDays.most}, ${retentionDays.default} by default: so long a video stays after it is completed.`;

interface AccountOptions {
  readonly name: string;
  readonly change: AccountChange;
}

async function create({ accounts }: Deployment, { name, change }: AccountOptions): Promise<string> {
  const now = new Date();
  const terms = toTerms(change);
  if (!(await accounts.createAccount(name, now, terms))) {
    // Whoever died between the account and its key left one without.
    const hint = `make a key with npm run keys -- create --account ${name}, change what it may do with set`;
    throw new CommandError(`There is an account ${name} already: ${hint}`);
  }
  const { text } = await accounts.createKey(name, now);
  return `${name}: ${describeBudget(terms)}; ${describeRetention(terms.retentionDays)}\n${text}`;
}

async function set({ accounts }: Deployment, { name, change }: AccountOptions): Promise<string> {
  if (Object.keys(change).length === 0) throw new CommandError(usage);
  if (!(await accounts.changeAccount(name, change))) throw unknownAccount(name);
  const account = await accounts.getAccount(name);
  const budget = `${describeBudget(account?.budget ?? {})}, from the next order on`;
  return `${name}: ${budget}; ${describeRetention(account?.retentionDays)}, from the next that is completed on`;
}

function toTerms({ retentionDays: days, ...budgets }: AccountChange): AccountTerms {
  return { ...toBudget(budgets), ...(typeof days === 'number' && { retentionDays: days }) };
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
    ...keys.filter(isCounted).flatMap(({ keyId, revokedAt, ...key }) =>
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
  const title = `${name}, created ${account.createdAt}; ${describeRetention(account.retentionDays)}; amounts in USD`;
  return `${title}\n${toTable([header, ...table])}`;
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
  const options = { stack: { type: 'string' }, ...budgetOptions, ...retentionOption } as const;
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options });
  const [action = '', name, ...others] = positionals;
  const act = actions.get(action);
  if (act === undefined || name === undefined || others.length > 0) throw new CommandError(usage);
  requireAccountName(name);
  const change = { ...readBudgetChange(values), ...readRetentionChange(values['retention-days']) };
  process.stdout.write(`${await act(await openDeployment(values.stack), { name, change })}\n`);
}

await runCommand({ usage, run });
