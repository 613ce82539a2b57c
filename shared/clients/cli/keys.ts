import { parseArgs } from 'node:util';
import { accountNamePattern } from '../../storage/account-store.ts';
import { CommandError } from './command-error.ts';
import { type Deployment, openDeployment } from './deployment.ts';
import { runCommand } from './run-command.ts';

const usage = `npm run keys -- create [--account NAME] [--stack STACK]    prints a new key, once
npm run keys -- list [--account NAME] [--stack STACK]
npm run keys -- revoke KEY_ID [--account NAME] [--stack STACK]

Without --stack the keys are those of the local gateway. The account is "local" unless another is named.`;

async function create({ accounts }: Deployment, account: string): Promise<string> {
  const now = new Date();
  await accounts.createAccount(account, now);
  return (await accounts.createKey(account, now)).text;
}

async function list({ accounts }: Deployment, account: string): Promise<string> {
  const keys = await accounts.listKeys(account);
  return keys
    .map(
      ({ keyId, createdAt, revokedAt }) =>
        `${keyId}  created ${createdAt}  ${revokedAt ? `revoked ${revokedAt}` : 'live'}`,
    )
    .join('\n');
}

async function revoke({ accounts }: Deployment, account: string, keyId: string | undefined): Promise<string> {
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
  const options = { account: { type: 'string', default: 'local' }, stack: { type: 'string' } } as const;
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options });
  const [action = '', keyId] = positionals;
  const { account, stack } = values;
  const act = actions.get(action);
  if (act === undefined) throw new CommandError(usage);
  if (!accountNamePattern.test(account))
    throw new CommandError(`"${account}" is no account name: use a-z, 0-9 and -`);
  process.stdout.write(`${await act(await openDeployment(stack), account, keyId)}\n`);
}

await runCommand({ usage, run });
