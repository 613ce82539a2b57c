import {
  DescribeExecutionCommand,
  DescribeStateMachineCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  ListStateMachinesCommand,
  paginateGetExecutionHistory,
  paginateListExecutions,
  SendTaskFailureCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
  type StartExecutionCommandInput,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { startAwsJsonServer } from '../../../../infra/local/aws-json-server.ts';
import type { LocalServer } from '../../../../infra/local/local-server.ts';
import { createStepFunctionsService } from '../../../../infra/local/state-machine/step-functions-service.ts';
import {
  finish,
  type ScriptedEngine,
  startScriptedEngine,
  stateMachineArn,
  tokenWaitArn,
  waitUntil,
} from './scripted-engine.ts';

const definition = {
  StartAt: 'Sleep',
  States: {
    Sleep: { Type: 'Task', Resource: tokenWaitArn, Parameters: { 'token.$': '$$.Task.Token' }, End: true },
  },
};

let scripted: ScriptedEngine;
let server: LocalServer;
let client: SFNClient;

beforeEach(async () => {
  scripted = startScriptedEngine({ definition });
  const service = createStepFunctionsService(scripted.engine);
  server = await startAwsJsonServer({ services: { AWSStepFunctions: service } });
  client = new SFNClient({ endpoint: server.url, maxAttempts: 1 });
});
afterEach(async () => {
  client.destroy();
  scripted.engine.close();
  await server.close();
});

async function startOne(name: string): Promise<string> {
  const request = new StartExecutionCommand({ stateMachineArn, name, input: '{"taskId":"1"}' });
  const { executionArn = '', startDate } = await client.send(request);
  expect(startDate).toEqual(scripted.clock.now());
  return executionArn;
}

async function nextToken(count: number): Promise<string> {
  await waitUntil(() => scripted.calls.length === count);
  return z.object({ token: z.string() }).parse(scripted.calls.at(-1)?.payload).token;
}

describe('the Step Functions API', () => {
  it('starts, shows and ends an execution for the real client', async () => {
    const executionArn = await startOne('one');
    await client.send(new SendTaskSuccessCommand({ taskToken: await nextToken(1), output: '{"fine":true}' }));
    await finish(scripted, executionArn);
    const now = scripted.clock.now();
    expect(await client.send(new DescribeExecutionCommand({ executionArn }))).toMatchObject({
      executionArn,
      stateMachineArn,
      name: 'one',
      status: 'SUCCEEDED',
      input: '{"taskId":"1"}',
      output: '{"fine":true}',
      startDate: now,
      stopDate: now,
    });
  });

  it('tells the history in the words of AWS', async () => {
    const executionArn = await startOne('one');
    const cause = 'by the customer';
    await client.send(
      new SendTaskFailureCommand({ taskToken: await nextToken(1), error: 'Canceled', cause }),
    );
    await finish(scripted, executionArn);
    const { events = [] } = await client.send(new GetExecutionHistoryCommand({ executionArn }));
    const timestamp = scripted.clock.now();
    const task = { resourceType: 'aws-sdk:dynamodb', resource: 'updateItem.waitForTaskToken' };
    expect(events).toMatchObject([
      {
        type: 'ExecutionStarted',
        id: 1,
        previousEventId: 0,
        timestamp,
        executionStartedEventDetails: { input: '{"taskId":"1"}' },
      },
      { type: 'TaskStateEntered', id: 2, previousEventId: 0, stateEnteredEventDetails: { name: 'Sleep' } },
      {
        type: 'TaskScheduled',
        id: 3,
        previousEventId: 2,
        taskScheduledEventDetails: { ...task, region: 'us-east-1' },
      },
      { type: 'TaskStarted', id: 4, previousEventId: 3, taskStartedEventDetails: task },
      {
        type: 'TaskSubmitted',
        id: 5,
        previousEventId: 4,
        taskSubmittedEventDetails: { ...task, output: '{}' },
      },
      {
        type: 'TaskFailed',
        id: 6,
        previousEventId: 5,
        taskFailedEventDetails: { ...task, error: 'Canceled', cause },
      },
      {
        type: 'ExecutionFailed',
        id: 7,
        previousEventId: 6,
        executionFailedEventDetails: { error: 'Canceled', cause },
      },
    ]);
  });

  it('pages histories, also backwards', async () => {
    const executionArn = await startOne('one');
    await nextToken(1);
    const pages = paginateGetExecutionHistory({ client, pageSize: 2 }, { executionArn, reverseOrder: true });
    const ids: unknown[] = [];
    for await (const { events = [] } of pages) ids.push(events.map(({ id }) => id));
    expect(ids).toEqual([[5, 4], [3, 2], [1]]);
  });

  it('tells no further page when the last one is full', async () => {
    const executionArn = await startOne('one');
    await nextToken(1);
    const request = new GetExecutionHistoryCommand({ executionArn, maxResults: 5 });
    const { events, nextToken: more } = await client.send(request);
    expect({ count: events?.length, more }).toEqual({ count: 5, more: undefined });
  });

  it('lists executions by status, the last started first, page by page', async () => {
    const arns = [await startOne('one'), await startOne('two'), await startOne('three')];
    await client.send(new StopExecutionCommand({ executionArn: arns[1], error: 'Enough' }));
    const names: unknown[] = [];
    const request = { stateMachineArn, statusFilter: 'RUNNING' } as const;
    for await (const { executions = [] } of paginateListExecutions({ client, pageSize: 1 }, request)) {
      names.push(...executions.map(({ name }) => name));
    }
    expect(names).toEqual(['three', 'one']);
    const all = await client.send(new ListExecutionsCommand({ stateMachineArn }));
    expect(all.executions?.map(({ status }) => status)).toEqual(['RUNNING', 'ABORTED', 'RUNNING']);
  });

  it('describes its state machines', async () => {
    const { stateMachines } = await client.send(new ListStateMachinesCommand({}));
    expect(stateMachines).toMatchObject([{ stateMachineArn, name: 'Scripted', type: 'STANDARD' }]);
    const described = await client.send(new DescribeStateMachineCommand({ stateMachineArn }));
    expect(described).toMatchObject({ status: 'ACTIVE', creationDate: scripted.clock.now() });
    expect(JSON.parse(described.definition ?? '')).toEqual(definition);
  });

  it('makes up a name and an empty input where none is given', async () => {
    const { executionArn = '' } = await client.send(new StartExecutionCommand({ stateMachineArn }));
    expect(executionArn).toMatch(/:execution:Scripted:[0-9a-f-]{36}$/);
    expect(scripted.engine.describeExecution(executionArn).input).toBe('{}');
  });

  it.each([
    ['ExecutionDoesNotExist', () => client.send(new DescribeExecutionCommand({ executionArn: 'arn:other' }))],
    ['StateMachineDoesNotExist', () => startWith({ stateMachineArn: 'arn:other' })],
    ['InvalidExecutionInput', () => startWith({ input: '{' })],
    ['InvalidName', () => startWith({ name: 'a b' })],
    ['ValidationException', () => startWith({ traceHeader: 'Root=1' })],
    ['InvalidToken', () => client.send(new SendTaskSuccessCommand({ taskToken: 'garbage', output: '{}' }))],
    [
      'StateMachineDoesNotExist',
      () => client.send(new DescribeStateMachineCommand({ stateMachineArn: 'arn:other' })),
    ],
  ])('refuses with %s', async (name, call) => {
    await expect(call()).rejects.toMatchObject({ name });
  });
});

function startWith(fields: Partial<StartExecutionCommandInput>) {
  return client.send(new StartExecutionCommand({ stateMachineArn, ...fields }));
}
