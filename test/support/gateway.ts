import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { type RunningGateway, startGateway } from '../../infra/local/gateway.ts';
import { type LocalFile, readLocalFile } from '../../infra/local/local-file.ts';
import { readLocalSettings } from '../../infra/local/settings.ts';
import { systemTimerClock, type TimerClock } from '../../infra/local/timer-clock.ts';
import { type Environment, environment } from '../../shared/config.ts';

const testVariables: Environment = { PORT: '0', CONCH_SIMULATED_SECONDS: '1' };

export interface TestGateway extends RunningGateway {
  readonly dataDirectory: string;
}

/** A whole gateway in this process on a data directory of its own, which `close` removes. */
export async function startTestGateway(
  variables: Environment = {},
  clock: TimerClock = systemTimerClock,
): Promise<TestGateway> {
  const dataDirectory = await newDataDirectory();
  const settings = readLocalSettings({ ...testVariables, CONCH_DATA_DIR: dataDirectory, ...variables });
  const gateway = await startGateway(settings, clock);
  return {
    ...gateway,
    dataDirectory,
    async close() {
      await gateway.close();
      await rm(dataDirectory, { recursive: true });
    },
  };
}

export function newDataDirectory(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'conch-gateway-'));
}

/** `npm start` as a process of its own, to be killed. */
export interface SpawnedGateway {
  readonly local: LocalFile;
  /** Ends it without a chance to tidy up. */
  kill(): Promise<void>;
  /** Asks it to end; resolves with its exit code. */
  stop(): Promise<number | null>;
}

const startEntry = new URL('../../infra/local/start.ts', import.meta.url).pathname;

/** Resolves when it serves; rejects with what it printed when it ends before. `command` are a script and its arguments. */
export async function spawnGateway(
  dataDirectory: string,
  variables: Environment = {},
  command: readonly string[] = [startEntry],
): Promise<SpawnedGateway> {
  const { PATH, HOME, NODE_COMPILE_CACHE } = environment();
  const child = spawn(process.execPath, [...command], {
    env: { PATH, HOME, NODE_COMPILE_CACHE, ...testVariables, CONCH_DATA_DIR: dataDirectory, ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const printed = text(child.stderr);
  const exited = once(child, 'exit');
  if (!(await isReady(child.stdout))) throw new Error(await printed);
  const local = await readLocalFile(dataDirectory);
  if (local === undefined) throw new Error('The gateway wrote no local.json');
  return {
    local,
    kill: () => end(child, 'SIGKILL', exited).then(() => {}),
    stop: () => end(child, 'SIGTERM', exited),
  };
}

async function isReady(output: NodeJS.ReadableStream): Promise<boolean> {
  for await (const line of createInterface({ input: output })) if (line.startsWith('ready ')) return true;
  return false;
}

async function end(
  child: ChildProcess,
  signal: NodeJS.Signals,
  exited: Promise<unknown>,
): Promise<number | null> {
  child.kill(signal);
  await exited;
  return child.exitCode;
}
