import { setImmediate } from 'node:timers/promises';
import { type AwsJsonService, startAwsJsonServer } from '../aws-json-server.ts';
import { AwsServiceError } from '../aws-service-error.ts';
import type { LocalServer } from '../local-server.ts';
import { type DynaliteOperation, isDynaliteOperation, runAction, validateInput } from './dynalite.ts';
import { type OpenStore, openStore } from './open-store.ts';
import { createRequestTokens, type RequestTokens } from './request-tokens.ts';
import { forgetSettings, settingOperations } from './table-settings.ts';
import { transactWrite } from './transact-write.ts';
import { prepareWrite, writeItem } from './write-items.ts';

interface DynamoDbServerOptions {
  /** Where the tables live on disk; without it they live in memory. */
  readonly dataDirectory?: string;
  readonly port?: number;
}

interface EmbeddedDynamoDb {
  readonly service: AwsJsonService;
  close(): Promise<void>;
}

/**
 * DynamoDB for one machine: dynalite, and what it lacks: transactions, atomic index entries, old items of
 * failed conditions, and table settings. Tables are usable when their creation answers.
 */
export async function startDynamoDbServer(options: DynamoDbServerOptions = {}): Promise<LocalServer> {
  const { service, close } = await openDynamoDb(options.dataDirectory);
  const server = await startAwsJsonServer({
    ...(options.port === undefined ? {} : { port: options.port }),
    services: { DynamoDB_20120810: service },
  });
  return {
    url: server.url,
    async close() {
      await server.close();
      await close();
    },
  };
}

/** What the server serves; without a directory its tables live in memory. */
export async function openDynamoDb(dataDirectory?: string): Promise<EmbeddedDynamoDb> {
  const store = await openStore(dataDirectory);
  const tokens = createRequestTokens();
  return {
    async service(operation, input) {
      try {
        return await answer({ store, tokens }, operation, input);
      } finally {
        // Also a refusal may rest on what another request has just written.
        await store.written();
      }
    },
    close: () => store.close(),
  };
}

interface Database {
  readonly store: OpenStore;
  readonly tokens: RequestTokens;
}

async function answer({ store, tokens }: Database, operation: string, input: unknown): Promise<object> {
  if (operation === 'TransactWriteItems') return transactWrite(store, tokens, input);
  const setting = settingOperations[operation];
  if (setting !== undefined) return setting(store, input);
  if (!isDynaliteOperation(operation)) {
    throw new AwsServiceError('UnknownOperationException', `DynamoDB here does not know ${operation}`);
  }
  if (operation === 'PutItem' || operation === 'UpdateItem' || operation === 'DeleteItem') {
    return writeItem(store, await prepareWrite(store, operation, input));
  }
  return pass(store, operation, input);
}

async function pass(store: OpenStore, operation: DynaliteOperation, input: unknown): Promise<object> {
  // Queries and scans read the disk.
  await store.written();
  const valid = validateInput(store, operation, input);
  const output = await runAction(store, operation, valid);
  if (operation === 'DeleteTable') await forgetSettings(store, valid.TableName);
  if (operation.endsWith('Table')) await untilSettled(store, valid.TableName);
  return output;
}

/** dynalite changes a table's status in a timer without delay, after its answer. */
async function untilSettled(store: OpenStore, tableName: string): Promise<void> {
  while (await isChanging(store, tableName)) await setImmediate();
}

function isChanging(store: OpenStore, tableName: string): Promise<boolean> {
  return new Promise((resolve) => {
    store.getTable(tableName, false, (error, table) => {
      resolve(error === null && table.TableStatus !== 'ACTIVE');
    });
  });
}
