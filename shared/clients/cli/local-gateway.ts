import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { dataDirectoryConfig } from '../../config.ts';
import { readCommandConfig } from './command-config.ts';

/** A process that has the port of a dead gateway may take connections and never answer. */
const answerTimeoutMs = 10_000;

const localFileSchema = z.object({
  url: z.string(),
  apiKey: z.string(),
  region: z.string(),
  credentials: z.object({ accessKeyId: z.string(), secretAccessKey: z.string() }),
  tables: z.object({ accounts: z.string(), tasks: z.string() }),
  bucket: z.string(),
  endpoints: z.object({ dynamodb: z.string(), s3: z.string(), ssm: z.string() }),
  credentialsPath: z.string(),
});
/** What a local gateway leaves in `local.json` for its clients. */
export type LocalGateway = z.infer<typeof localFileSchema>;

/** The gateway that serves from the data directory now; absent when none does. */
export async function findLocalGateway(): Promise<LocalGateway | undefined> {
  const { CONCH_DATA_DIR } = readCommandConfig(dataDirectoryConfig);
  try {
    const gateway = localFileSchema.parse(
      JSON.parse(await readFile(join(CONCH_DATA_DIR, 'local.json'), 'utf8')),
    );
    return (await isServing(gateway)) ? gateway : undefined;
  } catch {
    // No file, or nobody answers behind it: either way no gateway serves.
    return undefined;
  }
}

/** Asks with the key: a gateway that was killed leaves its file, and another may have its port by now. */
async function isServing({ url, apiKey }: LocalGateway): Promise<boolean> {
  const response = await fetch(`${url}/v1/videos?limit=1`, {
    headers: { authorization: `Bearer ${apiKey}` },
    signal: AbortSignal.timeout(answerTimeoutMs),
  });
  return response.ok;
}
