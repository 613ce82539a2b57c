import { CreateTableCommand, type DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import type { TableDefinition } from './template/read-tables.ts';

/** Creates the tables of the template that are not there yet. */
export async function createTables(
  client: DynamoDBClient,
  tables: readonly TableDefinition[],
): Promise<void> {
  const { TableNames = [] } = await client.send(new ListTablesCommand({}));
  const missing = tables.filter(({ TableName }) => !TableNames.includes(TableName));
  for (const { GlobalSecondaryIndexes: indexes, ...table } of missing)
    await client.send(
      new CreateTableCommand({
        ...table,
        BillingMode: 'PAY_PER_REQUEST',
        ...(indexes.length === 0 ? {} : { GlobalSecondaryIndexes: indexes.map(toIndex) }),
      }),
    );
}

function toIndex({ Projection, ...index }: TableDefinition['GlobalSecondaryIndexes'][number]) {
  const { ProjectionType, NonKeyAttributes } = Projection;
  return {
    ...index,
    Projection: { ProjectionType, ...(NonKeyAttributes === undefined ? {} : { NonKeyAttributes }) },
  };
}
