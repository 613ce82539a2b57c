import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import * as z from 'zod';
import { dataDirectoryConfig, environment, readConfig } from '../../config.ts';
import { CommandError } from './command-error.ts';

const localFileSchema = z.object({
  url: z.string(),
  apiKey: z.string(),
  region: z.string(),
  credentials: z.object({ accessKeyId: z.string(), secretAccessKey: z.string() }),
  tables: z.object({ accounts: z.string() }),
  endpoints: z.object({ dynamodb: z.string(), ssm: z.string() }),
  credentialsPath: z.string(),
});
/** What a local gateway leaves in `local.json` for its clients. */
export type LocalGateway = z.infer<typeof localFileSchema>;

/** The gateway that serves from the data directory now; absent when none does. */
export async function findLocalGateway(): Promise<LocalGateway | undefined> {
  const { CONCH_DATA_DIR } = readConfig(dataDirectoryConfig);
  try {
    const gateway = localFileSchema.parse(
      JSON.parse(await readFile(join(CONCH_DATA_DIR, 'local.json'), 'utf8')),
    );
    const health = await fetch(`${gateway.url}/health`);
    return health.ok ? gateway : undefined;
  } catch {
    // No file, or nobody answers behind it: either way no gateway serves.
    return undefined;
  }
}

export interface StartedGateway {
  readonly gateway: LocalGateway;
  stop(): Promise<void>;
}

/** Starts a gateway of its own on any free port and waits until it serves. */
export async function startLocalGateway(): Promise<StartedGateway> {
  const entry = new URL('../../../infra/local/start.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [entry], {
    env: { ...environment(), PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
    // A Ctrl-C at the terminal is the command's to handle; it stops the gateway itself.
    detached: true,
  });
  await untilReady(child);
  const gateway = await findLocalGateway();
  if (gateway === undefined)
    throw new CommandError('The local gateway says it is ready, but does not answer');
  return {
    gateway,
    async stop() {
      if (child.exitCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

async function untilReady(child: ChildProcess): Promise<void> {
  if (child.stdout === null) throw new Error('The gateway was started without a standard output');
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith('ready ')) return;
  }
  throw new CommandError('The local gateway did not start');
}
