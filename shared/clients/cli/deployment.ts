import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SSMClient } from '@aws-sdk/client-ssm';
import { systemClock } from '../../clock.ts';
import { type AccountStore, createAccountStore } from '../../storage/account-store.ts';
import { type CredentialStore, createCredentialStore } from '../../storage/credential-store.ts';
import { CommandError } from './command-error.ts';
import { findLocalGateway } from './local-gateway.ts';

/** What an operator's commands write to. */
export interface Deployment {
  readonly accounts: AccountStore;
  readonly credentials: CredentialStore;
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
  const { region, credentials, endpoints } = gateway;
  const dynamodb = new DynamoDBClient({ region, credentials, endpoint: endpoints.dynamodb });
  const ssm = new SSMClient({ region, credentials, endpoint: endpoints.ssm });
  return {
    accounts: createAccountStore({ client: dynamodb, tableName: gateway.tables.accounts }),
    credentials: createCredentialStore({ client: ssm, clock: systemClock, path: gateway.credentialsPath }),
  };
}

async function openStack(stack: string): Promise<Deployment> {
  const outputs = await readOutputs(stack);
  const output = (name: string) => {
    const value = outputs.get(name);
    if (value === undefined)
      throw new CommandError(`The stack ${stack} has no output ${name}: is it a Conch stack?`);
    return value;
  };
  return {
    accounts: createAccountStore({ client: new DynamoDBClient(), tableName: output('AccountsTable') }),
    credentials: createCredentialStore({
      client: new SSMClient(),
      clock: systemClock,
      path: output('CredentialsPath'),
    }),
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
