import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { marshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import { requireOutput } from '../../infra/local/provision.ts';
import { secondsBetween } from '../../shared/clock.ts';
import { executionName } from '../../shared/domain/workflow-state.ts';
import { toVideoId } from '../../shared/ids.ts';
import { toUpdateParts } from '../../shared/storage/update-expression.ts';
import { createFilm } from '../shared/media/films.ts';
import { type InProcessGateway, startInProcessGateway } from './in-process-gateway.ts';
import { readFixture } from './read-fixture.ts';

/** What the first version had written at one moment: the items of one task, its counters, and what its provider knew. */
const oldRowsSchema = z.object({
  at: z.string(),
  tasks: z.array(
    z.looseObject({
      pk: z.string(),
      sk: z.string(),
      result: z.looseObject({ key: z.string() }).optional(),
    }),
  ),
  counters: z.array(
    z.object({
      pk: z.string(),
      sk: z.string(),
      committedMicroUsd: z.number().default(0),
      spentMicroUsd: z.number().default(0),
    }),
  ),
  /** The lines of each provider's job log, by file. */
  jobs: z.record(z.string(), z.array(z.unknown())),
});
type OldRows = z.infer<typeof oldRowsSchema>;

export interface OldRowsOptions {
  /** Whether the executions of the tasks were lost, so that only the sweeper finds them. */
  readonly areExecutionsLost?: boolean;
}

export interface OldGateway extends InProcessGateway {
  /** The video ids of the old tasks, by the names of their rows. */
  readonly ids: ReadonlyMap<string, string>;
}

/** Today's gateway on the rows of `test/fixtures/old-rows`, at the moment of the last of them. */
export async function startGatewayOn(
  names: readonly string[],
  { areExecutionsLost = false }: OldRowsOptions = {},
): Promise<OldGateway> {
  const rows = names.map((name) => oldRowsSchema.parse(JSON.parse(readFixture(`old-rows/${name}`))));
  const gateway = await startInProcessGateway({
    jobSeconds: 180,
    videoBytes: 20_000,
    placeJobs: (directory, publicUrl) => placeJobs(rows, directory, publicUrl),
  });
  for (const old of rows) await storeRows(old, gateway);
  const lastMs = Math.max(...rows.map(({ at }) => new Date(at).getTime()));
  gateway.clock.advance(secondsBetween(gateway.clock.now().toISOString(), new Date(lastMs)));
  if (!areExecutionsLost) for (const old of rows) await startExecution(old, gateway);
  return { ...gateway, ids: new Map(names.map((name, index) => [name, toVideoId(idOf(rows[index]))])) };
}

async function placeJobs(rows: readonly OldRows[], directory: string, publicUrl: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  const lines = new Map<string, string[]>();
  for (const [file, events] of rows.flatMap(({ jobs }) => Object.entries(jobs)))
    lines.set(file, [...(lines.get(file) ?? []), ...events.map((event) => JSON.stringify(event))]);
  for (const [file, all] of lines)
    await writeFile(join(directory, file), `${all.join('\n')}\n`.replaceAll('PUBLIC_URL', publicUrl));
}

/** All orders are of one account, so what is booked for them adds up. Archived films are there, with other pixels. */
async function storeRows({ tasks, counters }: OldRows, { clients, stack }: InProcessGateway): Promise<void> {
  const tableName = requireOutput(stack, 'TasksTable');
  for (const item of tasks)
    await clients.dynamodb.send(new PutItemCommand({ TableName: tableName, Item: marshall(item) }));
  for (const { result } of tasks)
    if (result !== undefined)
      await clients.s3.send(
        new PutObjectCommand({
          Bucket: stack.bucket,
          Key: result.key,
          Body: createFilm({ filmBytes: 20_000 }),
        }),
      );
  for (const { pk, sk, ...amounts } of counters)
    await clients.dynamodb.send(
      new UpdateItemCommand({
        TableName: requireOutput(stack, 'AccountsTable'),
        Key: marshall({ pk, sk }),
        ...toUpdateParts({ add: amounts }),
      }),
    );
}

/** From the top: an execution goes where the row sends it. */
async function startExecution(old: OldRows, { clients, stack }: InProcessGateway): Promise<void> {
  const input = { taskId: idOf(old), run: 1 };
  await clients.sfn.send(
    new StartExecutionCommand({
      stateMachineArn: requireOutput(stack, 'StateMachineArn'),
      name: executionName(input),
      input: JSON.stringify(input),
    }),
  );
}

function idOf(old: OldRows | undefined): string {
  const row = old?.tasks.find(({ sk }) => sk === 'TASK');
  if (row === undefined) throw new Error('The fixture holds no row of a task');
  return row.pk;
}
