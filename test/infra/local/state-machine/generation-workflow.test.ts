import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { AwsServiceError } from '../../../../infra/local/aws-service-error.ts';
import { defaultGateway } from '../../../support/synthesized-gateway.ts';
import {
  finish,
  functionArn,
  returned,
  type ScriptedEngine,
  start,
  startScriptedEngine,
  waitUntil,
} from './scripted-engine.ts';

const stateMachine = defaultGateway().require('AWS::StepFunctions::StateMachine', 'Workflow');
const definition = z.record(z.string(), z.unknown()).parse(
  JSON.parse(
    z
      .string()
      .parse(stateMachine.properties['DefinitionString'])
      .replaceAll('<AWS::Partition>', 'aws')
      .replaceAll(/<(\w+)Function\w*\.Arn>/g, functionArn('$1')),
  ),
);

const input = { taskId: '1234', run: 1 };
const sleepSchema = z.object({
  ExpressionAttributeValues: z.object({ ':token': z.object({ S: z.string() }) }),
});

/** State transitions of a task that is settled right after it was submitted. */
const withoutWaiting = 3;

/** Runs the workflow; each function decides in turn what its list says. */
function startWorkflow(decisions: Record<string, object[]>, updateItem: () => unknown = () => ({})) {
  const invoke = (name: string) => returned(decisions[name]?.shift() ?? {});
  return startScriptedEngine({ definition, invoke, updateItem });
}

function targets({ calls }: ScriptedEngine): string[] {
  return calls.map(({ target }) => target);
}

async function waitForSleep(scripted: ScriptedEngine, executionArn: string, count: number): Promise<string> {
  const sleeps = () => scripted.calls.filter(({ target }) => target === 'updateItem');
  const submitted = () =>
    scripted.engine
      .getExecutionHistory({ executionArn })
      .events.filter(({ type }) => type === 'TaskSubmitted');
  await waitUntil(() => submitted().length === count);
  return sleepSchema.parse(sleeps().at(-1)?.payload).ExpressionAttributeValues[':token'].S;
}

describe('the generation workflow on the local engine', () => {
  it('goes from submit over one wake-up to the settled task in few transitions', async () => {
    const scripted = startWorkflow({
      SubmitToProvider: [{ decision: 'await', nextLookSeconds: 270 }],
      CheckJob: [{ decision: 'archive' }],
    });
    const arn = start(scripted, input);
    const taskToken = await waitForSleep(scripted, arn, 1);
    scripted.engine.sendTaskSuccess({ taskToken, output: '{}' });
    expect(await finish(scripted, arn)).toMatchObject({ status: 'SUCCEEDED' });
    expect(targets(scripted)).toEqual([
      'SubmitToProvider',
      'updateItem',
      'CheckJob',
      'ArchiveVideo',
      'SettleTask',
    ]);
    expect(scripted.calls.map(({ payload }) => payload).toSpliced(1, 1)).toEqual(Array(4).fill(input));
    expect(scripted.engine.countTransitions(arn)).toBe(7);
  });

  it('looks at the time that the last step told', async () => {
    const scripted = startWorkflow({
      SubmitToProvider: [{ decision: 'await', nextLookSeconds: 100 }],
      CheckJob: [{ decision: 'await', nextLookSeconds: 5 }, { decision: 'settle' }],
    });
    const arn = start(scripted, input);
    for (const [seconds, sleeps] of [
      [100, 1],
      [5, 2],
    ] as const) {
      await waitForSleep(scripted, arn, sleeps);
      scripted.clock.advance(seconds);
    }
    expect(await finish(scripted, arn)).toMatchObject({ status: 'SUCCEEDED' });
    const looks = scripted.calls.filter(({ target }) => target === 'CheckJob').map(({ at }) => at);
    expect(looks).toEqual(['2026-03-02T10:01:40.000Z', '2026-03-02T10:01:45.000Z']);
  });

  it('waits for a place in one sleep, three transitions long, and goes to submit when it is woken', async () => {
    const scripted = startWorkflow({
      SubmitToProvider: [{ decision: 'queue', nextLookSeconds: 86_400 }, { decision: 'settle' }],
    });
    const arn = start(scripted, input);
    const taskToken = await waitForSleep(scripted, arn, 1);
    scripted.clock.advance(3600);
    scripted.engine.sendTaskSuccess({ taskToken, output: '{}' });
    expect(await finish(scripted, arn)).toMatchObject({ status: 'SUCCEEDED' });
    expect(targets(scripted)).toEqual(['SubmitToProvider', 'updateItem', 'SubmitToProvider', 'SettleTask']);
    expect(scripted.calls.at(2)?.at).toBe('2026-03-02T11:00:00.000Z');
    expect(scripted.engine.countTransitions(arn)).toBe(withoutWaiting + 3);
  });

  it('submits at once when its place came free before it fell asleep', async () => {
    const refusal = new AwsServiceError('ConditionalCheckFailedException', 'The conditional request failed');
    const scripted = startWorkflow(
      { SubmitToProvider: [{ decision: 'queue', nextLookSeconds: 86_400 }, { decision: 'done' }] },
      () => Promise.reject(refusal),
    );
    expect(await finish(scripted, start(scripted, input))).toMatchObject({ status: 'SUCCEEDED' });
    expect(targets(scripted)).toEqual(['SubmitToProvider', 'updateItem', 'SubmitToProvider']);
  });

  it('looks at once when somebody rang before it fell asleep', async () => {
    const refusal = new AwsServiceError('ConditionalCheckFailedException', 'The conditional request failed');
    const scripted = startWorkflow(
      {
        SubmitToProvider: [{ decision: 'await', nextLookSeconds: 100 }],
        CheckJob: [{ decision: 'done' }],
      },
      () => Promise.reject(refusal),
    );
    expect(await finish(scripted, start(scripted, input))).toMatchObject({ status: 'SUCCEEDED' });
    expect(targets(scripted)).toEqual(['SubmitToProvider', 'updateItem', 'CheckJob']);
  });

  it('never submits twice when the submit step crashed: it goes to sleep on it', async () => {
    const scripted = startScriptedEngine({
      definition,
      invoke: (name) =>
        name === 'SubmitToProvider' ? Promise.reject(new Error('killed')) : returned({ decision: 'done' }),
    });
    const arn = start(scripted, input);
    const taskToken = await waitForSleep(scripted, arn, 1);
    scripted.engine.sendTaskSuccess({ taskToken, output: '{}' });
    expect(await finish(scripted, arn)).toMatchObject({ status: 'SUCCEEDED' });
    expect(targets(scripted)).toEqual(['SubmitToProvider', 'updateItem', 'CheckJob']);
  });
});
