import { fork } from 'node:child_process';
import { once } from 'node:events';
import { buffer } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { environment } from '../../shared/config.ts';

interface ChildOptions {
  readonly script: URL;
  readonly args: readonly string[];
  readonly variables?: Readonly<Record<string, string>>;
}

export interface ChildReport {
  /** The one message that it sent. */
  readonly message: unknown;
  /** What it wrote to its standard output. */
  readonly outputBytes: number;
}

const timeoutMs = 90_000;

/** Runs a script in a fresh process until it ends; rejects unless it sent its message. */
export async function runChild({ script, args, variables = {} }: ChildOptions): Promise<ChildReport> {
  const { PATH, HOME } = environment();
  const child = fork(fileURLToPath(script), args, {
    env: { PATH, HOME, ...variables },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    timeout: timeoutMs,
  });
  const messages: unknown[] = [];
  child.on('message', (message) => messages.push(message));
  const [output] = await Promise.all([child.stdout && buffer(child.stdout), once(child, 'exit')]);
  if (messages.length !== 1)
    throw new Error(`${script.pathname} ended with ${child.exitCode}, without a report`);
  return { message: messages[0], outputBytes: output?.length ?? 0 };
}
