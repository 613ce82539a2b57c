import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startHttpServer } from '../../infra/local/http-server.ts';
import { startS3Server } from '../../infra/local/s3-server.ts';
import { startCommand } from '../end-to-end/support/command.ts';
import { newDataDirectory } from './gateway.ts';
import { startTables } from './tables.ts';

/** Tables, and what a local gateway shows to the commands: a file with its addresses, and that it answers. */
export async function startLocalCommands() {
  const tables = await startTables();
  const gateway = await startHttpServer((_, response) => response.end('{}'));
  const directory = await newDataDirectory();
  const s3 = await startS3Server({
    dataDirectory: join(directory, 's3'),
    bucket: 'media',
    onObjectCreated: () => undefined,
  });
  const local = {
    url: gateway.url,
    apiKey: 'conch_test',
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    tables: { accounts: 'accounts', tasks: 'tasks' },
    bucket: 'media',
    endpoints: { dynamodb: tables.url, s3: s3.url, ssm: gateway.url },
    credentialsPath: '/conch/Test/providers',
  };
  await writeFile(join(directory, 'local.json'), JSON.stringify(local));
  return {
    tables,
    s3Url: s3.url,
    run: (name: Parameters<typeof startCommand>[0], ...args: readonly string[]) =>
      startCommand(name, args, { variables: { CONCH_DATA_DIR: directory }, cwd: directory }).finished,
    async close() {
      await Promise.all([tables.close(), gateway.close(), s3.close()]);
      await rm(directory, { recursive: true, force: true });
    },
  };
}
export type LocalCommands = Awaited<ReturnType<typeof startLocalCommands>>;
