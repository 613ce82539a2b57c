import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { type Environment, environment } from '../../../shared/config.ts';

const commands = new URL('../../../shared/clients/cli/', import.meta.url);

interface CommandOptions {
  /** What the command sees besides PATH, HOME and where Node keeps compiled code. */
  readonly variables: Environment;
  /** The folder that it runs in. */
  readonly cwd: string;
}

interface Finished {
  readonly exitCode: number | null;
  readonly output: string;
  readonly errors: string;
}

export interface StartedCommand {
  readonly process: ChildProcess;
  /** Everything on standard error until now. */
  errorsSoFar(): string;
  readonly finished: Promise<Finished>;
}

/** Runs a command of the command line as npm would. */
export function startCommand(
  name: 'accounts' | 'generate' | 'keys' | 'providers' | 'reconcile' | 'tasks',
  args: readonly string[],
  { variables, cwd }: CommandOptions,
): StartedCommand {
  const { PATH, HOME, NODE_COMPILE_CACHE } = environment();
  const child = spawn(process.execPath, [fileURLToPath(new URL(`${name}.ts`, commands)), ...args], {
    cwd,
    env: { PATH, HOME, NODE_COMPILE_CACHE, ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const errors: string[] = [];
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => errors.push(chunk));
  return { process: child, errorsSoFar: () => errors.join(''), finished: finish(child, errors) };
}

async function finish(
  child: ChildProcess & { readonly stdout: NodeJS.ReadableStream },
  errors: readonly string[],
): Promise<Finished> {
  const [output] = await Promise.all([text(child.stdout), once(child, 'close')]);
  return { exitCode: child.exitCode, output, errors: errors.join('') };
}
