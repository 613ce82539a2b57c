import { CommandError } from './command-error.ts';

interface Command {
  readonly usage: string;
  run(args: readonly string[]): Promise<void>;
}

/** Runs a command with the arguments of this process: exit code 0, or another with one message on standard error. */
export async function runCommand({ usage, run }: Command): Promise<void> {
  const args = process.argv.slice(2);
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(`${usage}\n`);
    return;
  }
  try {
    await run(args);
  } catch (error) {
    const fault = isWrongOption(error) ? new CommandError(`${error.message}\n\n${usage}`) : error;
    if (!(fault instanceof CommandError)) throw fault;
    process.stderr.write(`${fault.message}\n`);
    // An interrupted command has calls under way that nobody waits for.
    process.exit(fault.exitCode);
  }
}

function isWrongOption(error: unknown): error is TypeError {
  return error instanceof TypeError && 'code' in error && `${error.code}`.startsWith('ERR_PARSE_ARGS');
}
