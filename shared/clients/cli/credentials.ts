import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { environment } from '../../config.ts';
import { providerDefinitions } from '../../providers/registry.ts';
import { CommandError } from './command-error.ts';
import { openDeployment } from './deployment.ts';
import { runCommand } from './run-command.ts';

const usage = `npm run credentials -- set NAME [--stack STACK]

Stores the API key of a provider in a SecureString. The key is read from the variable <NAME>_API_KEY, else from
standard input. Names: ${providerDefinitions.map(({ name }) => name).join(', ')}.`;

/** Never an argument: arguments are visible to every process of the machine and stay in the shell's history. */
async function readApiKey(provider: string): Promise<string> {
  const given = environment()[`${provider.toUpperCase()}_API_KEY`];
  if (given !== undefined && given !== '') return given;
  if (process.stdin.isTTY) process.stderr.write(`API key of ${provider}: `);
  for await (const line of createInterface({ input: process.stdin })) {
    if (line.trim() !== '') return line.trim();
  }
  throw new CommandError(`No API key was given.\n\n${usage}`);
}

async function run(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { stack: { type: 'string' } },
  });
  const [action, given = ''] = positionals;
  const provider = given.toLowerCase();
  const isKnown = providerDefinitions.some(({ name }) => name === provider);
  if (action !== 'set' || !isKnown) throw new CommandError(usage);
  const { credentials } = await openDeployment(values.stack);
  await credentials.putApiKey(provider, await readApiKey(provider));
  process.stdout.write(`The API key of ${provider} is stored; warm functions use it within five minutes\n`);
}

await runCommand({ usage, run });
