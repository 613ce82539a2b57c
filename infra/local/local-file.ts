import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';

/** What `local.json` tells a client that wants to use, or to look into, the local gateway. */
const localFileSchema = z.object({
  url: z.url(),
  apiKey: z.string(),
  account: z.string(),
  region: z.string(),
  credentials: z.object({ accessKeyId: z.string(), secretAccessKey: z.string() }),
  bucket: z.string(),
  tables: z.object({ tasks: z.string(), accounts: z.string() }),
  stateMachineArn: z.string(),
  /** Prefix of the parameters that hold the providers' keys. */
  credentialsPath: z.string(),
  endpoints: z.object({
    s3: z.url(),
    dynamodb: z.url(),
    stepfunctions: z.url(),
    events: z.url(),
    ssm: z.url(),
  }),
  /** Origins of the simulated providers by name. */
  providers: z.record(z.string(), z.url()),
  pid: z.number(),
});
export type LocalFile = z.infer<typeof localFileSchema>;

/** What the last gateway on this directory wrote; absent when there was none or it cannot be read. */
export async function readLocalFile(dataDirectory: string): Promise<LocalFile | undefined> {
  try {
    const parsed = localFileSchema.safeParse(JSON.parse(await readFile(pathIn(dataDirectory), 'utf8')));
    return parsed.data;
  } catch {
    return undefined;
  }
}

/** Written whole or not at all, for its owner's eyes only: it holds a key. */
export async function writeLocalFile(dataDirectory: string, content: LocalFile): Promise<void> {
  const draft = `${pathIn(dataDirectory)}.${process.pid}`;
  await writeFile(draft, `${JSON.stringify(content, undefined, 2)}\n`, { mode: 0o600 });
  await rename(draft, pathIn(dataDirectory));
}

function pathIn(dataDirectory: string): string {
  return join(dataDirectory, 'local.json');
}
