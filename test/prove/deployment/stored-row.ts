import { DynamoDBClient, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { LocalFile } from '../../../infra/local/local-file.ts';
import { fromVideoId } from '../../../shared/ids.ts';
import { taskKey } from '../../../shared/storage/task-items.ts';
import { toUpdateParts } from '../../../shared/storage/update-expression.ts';

/** The row of a task as it is stored, whichever version wrote it. */
export type Row = Readonly<Record<string, unknown>>;

export async function readRow(local: LocalFile, videoId: string): Promise<Row> {
  const client = openTables(local);
  const key = { TableName: local.tables.tasks, Key: toKey(videoId), ConsistentRead: true };
  const { Item } = await client.send(new GetItemCommand(key));
  client.destroy();
  return unmarshall(Item ?? {});
}

/** Makes the row the sweeper's now, who has it looked at: as if half an hour had passed. */
export async function makeRowDue(local: LocalFile, videoId: string): Promise<void> {
  const client = openTables(local);
  const now = new Date().toISOString();
  const due = toUpdateParts({ set: { nextDueAt: now, wake: now } });
  await client.send(new UpdateItemCommand({ TableName: local.tables.tasks, Key: toKey(videoId), ...due }));
  client.destroy();
}

function toKey(videoId: string) {
  const id = fromVideoId(videoId);
  if (id === undefined) throw new Error(`${videoId} is not the id of a video`);
  return taskKey(id);
}

function openTables({ region, credentials, endpoints }: LocalFile): DynamoDBClient {
  return new DynamoDBClient({ region, credentials: { ...credentials }, endpoint: endpoints.dynamodb });
}
