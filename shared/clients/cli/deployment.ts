import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { S3ClientConfig } from '@aws-sdk/client-s3';
import { SSMClient } from '@aws-sdk/client-ssm';
import { systemClock } from '../../clock.ts';
import type { Spending } from '../../domain/budget.ts';
import type { LedgerTables } from '../../ledger/accept.ts';
import { type AccountStore, createAccountStore } from '../../storage/account-store.ts';
import { type CredentialStore, createCredentialStore } from '../../storage/credential-store.ts';
import { type Counter, readSpending } from '../../storage/money-counters.ts';
import { createQueueStore, type QueueStore } from '../../storage/queue-store.ts';
import { createStandingStore, type StandingStore } from '../../storage/standing-store.ts';
import type { TaskReader } from '../../storage/task-reader.ts';
import { createTaskStore } from '../../storage/task-store.ts';
import { CommandError } from './command-error.ts';
import { findLocalGateway } from './local-gateway.ts';

/** What an operator's commands write to. */
export interface Deployment {
  readonly accounts: AccountStore;
  /** What the accounts' orders hold, and were charged. */
  readSpending(counter: Counter): Promise<Spending>;
  readonly credentials: CredentialStore;
  readonly standings: StandingStore;
  readonly queue: QueueStore;
  readonly tasks: TaskReader;
  readonly ledger: LedgerTables;
  readonly bucket: MediaBucket;
}

/** No client: most commands need none, and it takes a while to load. */
interface MediaBucket {
  readonly name: string;
  /** What a client of S3 needs to reach it. */
  readonly client: Pick<S3ClientConfig, 'region' | 'credentials' | 'endpoint'>;
}

/** The stack of that name on AWS, found with the caller's own credentials; without a name the local gateway. */
export async function openDeployment(stack: string | undefined): Promise<Deployment> {
  return stack === undefined ? openLocal() : openStack(stack);
}

async function openLocal(): Promise<Deployment> {
  const gateway = await findLocalGateway();
  if (gateway === undefined) {
    throw new CommandError(
      'No local gateway serves: start one with npm start, or name a stack with --stack NAME',
    );
  }
  const { region, credentials, endpoints, tables, credentialsPath, bucket } = gateway;
  return toDeployment({
    dynamodb: new DynamoDBClient({ region, credentials, endpoint: endpoints.dynamodb }),
    ssm: new SSMClient({ region, credentials, endpoint: endpoints.ssm }),
    tables,
    credentialsPath,
    bucket: { name: bucket, client: { region, credentials, endpoint: endpoints.s3 } },
  });
}

async function openStack(stack: string): Promise<Deployment> {
  const outputs = await readOutputs(stack);
  const output = (name: string) => {
    const value = outputs.get(name);
    if (value === undefined)
      throw new CommandError(`The stack ${stack} has no output ${name}: is it a Conch stack?`);
    return value;
  };
  return toDeployment({
    dynamodb: new DynamoDBClient(),
    ssm: new SSMClient(),
    tables: { accounts: output('AccountsTable'), tasks: output('TasksTable') },
    credentialsPath: output('CredentialsPath'),
    bucket: { name: output('MediaBucket'), client: {} },
  });
}

interface Resources {
  readonly dynamodb: DynamoDBClient;
  readonly ssm: SSMClient;
  readonly tables: { readonly accounts: string; readonly tasks: string };
  readonly credentialsPath: string;
  readonly bucket: MediaBucket;
}

function toDeployment({ dynamodb, ssm, tables, credentialsPath, bucket }: Resources): Deployment {
  const tasksTable = { client: dynamodb, tableName: tables.tasks };
  const accountsTable = { client: dynamodb, tableName: tables.accounts };
  return {
    accounts: createAccountStore(accountsTable),
    readSpending: (counter) => readSpending(accountsTable, counter),
    credentials: createCredentialStore({ client: ssm, clock: systemClock, path: credentialsPath }),
    standings: createStandingStore(tasksTable),
    queue: createQueueStore(tasksTable),
    tasks: createTaskStore(tasksTable),
    ledger: { client: dynamodb, tasksTableName: tables.tasks, accountsTableName: tables.accounts },
    bucket,
  };
}

async function readOutputs(stack: string): Promise<ReadonlyMap<string, string>> {
  try {
    const { Stacks = [] } = await new CloudFormationClient().send(
      new DescribeStacksCommand({ StackName: stack }),
    );
    const outputs = Stacks[0]?.Outputs ?? [];
    return new Map(outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CommandError(`The stack ${stack} cannot be read: ${reason}`, { cause });
  }
}
