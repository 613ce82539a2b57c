import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { environment } from '../../config.ts';

/** Twice what a gateway may take to stop. */
const stopTimeoutMs = 10_000;

export interface SpawnedGateway {
  /** Resolves when it serves; with what it printed when it ended before that. */
  readonly failure: Promise<string | undefined>;
  /** Ends it with all that it started, also while it starts; may be called again. */
  stop(): Promise<void>;
}

/** Starts a gateway of its own on any free port. It ends with this process, unless that is killed by SIGKILL. */
export function spawnLocalGateway(): SpawnedGateway {
  const entry = new URL('../../../infra/local/start.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [entry], {
    env: { ...environment(), PORT: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A Ctrl-C at the terminal is the command's to handle; it stops the gateway itself.
    detached: true,
  });
  const endWithUs = () => signalGroup(child, 'SIGTERM');
  process.once('exit', endWithUs);
  const exited = once(child, 'exit').then(() => void process.off('exit', endWithUs));
  return { failure: untilReady(child.stdout, child.stderr), stop: () => stop(child, exited) };
}

async function untilReady(output: Readable, errors: Readable): Promise<string | undefined> {
  const printed: string[] = [];
  const { promise: isReady, resolve } = Promise.withResolvers<boolean>();
  errors.setEncoding('utf8').on('data', (chunk: string) => printed.push(chunk));
  errors.once('close', () => resolve(false));
  // Read to its end: a gateway whose output nobody takes stands still when the pipe is full.
  createInterface({ input: output }).on('line', (line) => line.startsWith('ready ') && resolve(true));
  if (!(await isReady)) return printed.join('').trim() || 'The local gateway did not start';
  process.stderr.write(printed.join(''));
  errors.pipe(process.stderr);
  return undefined;
}

async function stop(child: ChildProcess, exited: Promise<void>): Promise<void> {
  signalGroup(child, 'SIGTERM');
  const patience = setTimeout(() => signalGroup(child, 'SIGKILL'), stopTimeoutMs);
  await exited;
  clearTimeout(patience);
}

/** The group holds what the gateway runs while it starts; the child leads it because it is detached. */
function signalGroup({ pid, exitCode, signalCode }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, signal);
}
