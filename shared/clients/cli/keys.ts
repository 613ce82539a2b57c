import { parseArgs } from 'node:util';
import type { Budget } from '../../domain/budget.ts';
import { toUsd } from '../../domain/money.ts';
import { requestsPerMinute } from '../../domain/rate-limit.ts';
import { type KeyTerms, keyLimitOf } from '../../storage/account-items.ts';
import { budgetOptions, readBudgetChange, requireAccountName, toBudget } from './budget-options.ts';
import { CommandError } from './command-error.ts';
import { type Deployment, openDeployment } from './deployment.ts';
import { describeKeyUse, keyUseOptions, readKeyUse } from './key-use.ts';
import { describeRate, rateOption, readRate } from './rate-option.ts';
import { runCommand } from './run-command.ts';

const usage = `npm run keys -- create [--account NAME] [--monthly-usd USD] [--daily-usd USD]
                       [--requests-per-minute N] [--door NAME] [--provider CHOICE] [--stack STACK]
                                prints a new key, once; with limits it orders no more than that, and makes no
                                more requests in a minute of UTC, N from ${requestsPerMinute.least} to ${requestsPerMinute.most}; --door says whose
                                API it speaks where several have the same path, --provider who serves what it
                                orders through any of them
npm run keys -- list [--account NAME] [--stack STACK]
npm run keys -- revoke KEY_ID [--account NAME] [--stack STACK]

Without --stack the keys are those of the local gateway. The account is "local" unless another is named.`;

interface KeyOptions {
  readonly account: string;
  readonly keyId: string | undefined;
  readonly terms: KeyTerms;
}

async function create({ accounts }: Deployment, { account, terms }: KeyOptions): Promise<string> {
  const now = new Date();
  await accounts.createAccount(account, now);
  return (await accounts.createKey(account, now, terms)).text;
}

async function list({ accounts }: Deployment, { account }: KeyOptions): Promise<string> {
  const keys = await accounts.listKeys(account);
  return keys
    .map(
      ({ keyId, createdAt, revokedAt, ...key }) =>
        `${keyId}  created ${createdAt}  ${revokedAt ? `revoked ${revokedAt}` : 'live'}${describeLimit(keyLimitOf(key))}${describeRate(key)}${describeKeyUse(key)}`,
    )
    .join('\n');
}

function describeLimit({ monthlyMicroUsd, dailyMicroUsd }: Budget): string {
  const monthly = monthlyMicroUsd === undefined ? '' : `  ${toUsd(monthlyMicroUsd)} USD a month`;
  return dailyMicroUsd === undefined ? monthly : `${monthly}  ${toUsd(dailyMicroUsd)} USD a day`;
}

async function revoke({ accounts }: Deployment, { account, keyId }: KeyOptions): Promise<string> {
  if (keyId === undefined) throw new CommandError(usage);
  if (await accounts.revokeKey(account, keyId, new Date())) return `${keyId} is revoked`;
  throw new CommandError(`The account ${account} has no key ${keyId}`);
}

const actions = new Map([
  ['create', create],
  ['list', list],
  ['revoke', revoke],
]);

async function run(args: readonly string[]): Promise<void> {
  const options = {
    account: { type: 'string', default: 'local' },
    stack: { type: 'string' },
    ...budgetOptions,
    ...rateOption,
    ...keyUseOptions,
  } as const;
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options });
  const [action = '', keyId] = positionals;
  const { account, stack } = values;
  const act = actions.get(action);
  const limits = readBudgetChange(values);
  const use = { ...readRate(values['requests-per-minute']), ...readKeyUse(values) };
  const isForCreate = Object.keys({ ...limits, ...use }).length > 0;
  if (act === undefined || (act !== create && isForCreate)) throw new CommandError(usage);
  requireAccountName(account);
  process.stdout.write(
    `${await act(await openDeployment(stack), { account, keyId, terms: { ...toBudget(limits), ...use } })}\n`,
  );
}

await runCommand({ usage, run });
