import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { AwsServiceError } from '../../../../infra/local/aws-service-error.ts';
import {
  eventTypes,
  finish,
  never,
  type ScriptedEngine,
  start,
  startScriptedEngine,
  tokenWaitArn,
  updateItemArn,
  waitUntil,
} from './scripted-engine.ts';

const guardFailed = new AwsServiceError('ConditionalCheckFailedException', 'The conditional request failed');

function sleep(fields: object = {}) {
  return {
    StartAt: 'Sleep',
    States: {
      Sleep: {
        Type: 'Task',
        Resource: tokenWaitArn,
        Parameters: { Key: { 'pk.$': '$.id' }, 'token.$': '$$.Task.Token' },
        TimeoutSeconds: 30,
        End: true,
        ...fields,
      },
      Rescue: { Type: 'Pass', End: true },
    },
  };
}

const parametersSchema = z.object({ token: z.string() });

function tokens({ calls }: ScriptedEngine): string[] {
  return calls.map(({ payload }) => parametersSchema.parse(payload).token);
}

async function startSleeping(script: Partial<Parameters<typeof startScriptedEngine>[0]> = {}) {
  const scripted = startScriptedEngine({ definition: sleep(), ...script });
  const arn = start(scripted, { id: 'a1' });
  await waitUntil(() => eventTypes(scripted, arn).includes('TaskSubmitted'));
  const [token = ''] = tokens(scripted);
  return { scripted, arn, token };
}

function refusalOf(act: () => unknown): string | undefined {
  try {
    act();
  } catch (error) {
    return error instanceof AwsServiceError ? error.code : undefined;
  }
  return undefined;
}

describe('a wait for a task token', () => {
  it('ends with the output that came with the token', async () => {
    const { scripted, arn, token } = await startSleeping();
    scripted.engine.sendTaskSuccess({ taskToken: token, output: '{"woken":true}' });
    expect(await finish(scripted, arn)).toMatchObject({ status: 'SUCCEEDED', output: '{"woken":true}' });
    expect(eventTypes(scripted, arn)).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      'TaskScheduled',
      'TaskStarted',
      'TaskSubmitted',
      'TaskSucceeded',
      'TaskStateExited',
      'ExecutionSucceeded',
    ]);
  });

  it('ends with the error that came with the token', async () => {
    const { scripted, arn, token } = await startSleeping();
    scripted.engine.sendTaskFailure({ taskToken: token, error: 'Canceled', cause: 'by the customer' });
    const ended = await finish(scripted, arn);
    expect(ended).toMatchObject({ status: 'FAILED', error: 'Canceled', cause: 'by the customer' });
  });

  it('ends with States.Timeout at its time-out, and a late token is told so', async () => {
    const { scripted, arn, token } = await startSleeping();
    scripted.clock.advance(30);
    expect(await finish(scripted, arn)).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
    const late = () => scripted.engine.sendTaskSuccess({ taskToken: token, output: '{}' });
    expect(refusalOf(late)).toBe('TaskTimedOut');
  });

  it('takes the first of two answers', async () => {
    const { scripted, arn, token } = await startSleeping();
    scripted.engine.sendTaskSuccess({ taskToken: token, output: '1' });
    const second = () => scripted.engine.sendTaskSuccess({ taskToken: token, output: '2' });
    expect(refusalOf(second)).toBe('TaskTimedOut');
    expect(await finish(scripted, arn)).toMatchObject({ output: '1' });
  });

  it('takes the token over the time-out when both come at the same moment', async () => {
    const { scripted, arn, token } = await startSleeping();
    scripted.clock.advance(30);
    scripted.engine.sendTaskSuccess({ taskToken: token, output: '1' });
    expect(await finish(scripted, arn)).toMatchObject({ output: '1' });
  });

  it('ends when the token comes back before the call that handed it out is answered', async () => {
    const scripted = startScriptedEngine({ definition: sleep(), updateItem: never });
    const arn = start(scripted, { id: 'a1' });
    await waitUntil(() => scripted.calls.length === 1);
    const [taskToken = ''] = tokens(scripted);
    scripted.engine.sendTaskSuccess({ taskToken, output: '"early"' });
    expect(await finish(scripted, arn)).toMatchObject({ output: '"early"' });
  });

  it('takes the token over a time-out of that call, too', async () => {
    const scripted = startScriptedEngine({ definition: sleep(), updateItem: never });
    const arn = start(scripted, { id: 'a1' });
    await waitUntil(() => scripted.calls.length === 1);
    const [taskToken = ''] = tokens(scripted);
    scripted.clock.advance(30);
    scripted.engine.sendTaskSuccess({ taskToken, output: '"just in time"' });
    expect(await finish(scripted, arn)).toMatchObject({ output: '"just in time"' });
  });

  it.each([
    ['InvalidToken', 'garbage'],
    ['TaskDoesNotExist', Buffer.from('{"executionArn":"arn:gone","secret":"x"}').toString('base64')],
  ])('refuses with %s a token that it never made', async (code, taskToken) => {
    const { scripted } = await startSleeping();
    expect(refusalOf(() => scripted.engine.sendTaskFailure({ taskToken }))).toBe(code);
  });

  it('refuses with InvalidOutput an output that is not JSON, and keeps waiting', async () => {
    const { scripted, arn, token } = await startSleeping();
    const act = () => scripted.engine.sendTaskSuccess({ taskToken: token, output: 'not json' });
    expect(refusalOf(act)).toBe('InvalidOutput');
    expect(scripted.engine.describeExecution(arn).status).toBe('RUNNING');
  });

  it('makes a fresh token for each attempt, and the old one is worth nothing', async () => {
    const Retry = [{ ErrorEquals: ['States.Timeout'] }];
    const { scripted, token } = await startSleeping({ definition: sleep({ Retry }) });
    scripted.clock.advance(30);
    await waitUntil(() => scripted.clock.advanceToNextTimer());
    await waitUntil(() => scripted.calls.length === 2);
    expect(new Set(tokens(scripted)).size).toBe(2);
    const old = () => scripted.engine.sendTaskSuccess({ taskToken: token, output: '{}' });
    expect(refusalOf(old)).toBe('TaskTimedOut');
  });
});

describe('a call of updateItem', () => {
  it.each([
    ["the service's exception", guardFailed, 'DynamoDb.ConditionalCheckFailedException'],
    ['anything else', new TypeError('fetch failed'), 'DynamoDb.SdkClientException'],
  ])('surfaces %s under its name', async (_title, refusal, error) => {
    const updateItem = () => Promise.reject(refusal);
    const scripted = startScriptedEngine({ definition: sleep(), updateItem });
    const ended = await finish(scripted, start(scripted, { id: 'a1' }));
    expect(ended).toMatchObject({ status: 'FAILED', error, cause: refusal.message });
  });

  it('ends with its answer when it waits for no token', async () => {
    const definition = sleep({ Resource: updateItemArn, Parameters: { TableName: 'tasks' } });
    const scripted = startScriptedEngine({ definition, updateItem: () => ({ Attributes: {} }) });
    expect(await finish(scripted, start(scripted))).toMatchObject({ output: '{"Attributes":{}}' });
    expect(scripted.calls).toMatchObject([{ target: 'updateItem', payload: { TableName: 'tasks' } }]);
  });
});
