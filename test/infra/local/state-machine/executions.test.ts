import { describe, expect, it } from 'vitest';
import { AwsServiceError } from '../../../../infra/local/aws-service-error.ts';
import {
  finish,
  functionArn,
  never,
  returned,
  runToOutput,
  settle,
  start,
  startScriptedEngine,
  stateMachineArn,
  waitUntil,
} from './scripted-engine.ts';

const work = {
  StartAt: 'Work',
  States: { Work: { Type: 'Task', Resource: functionArn('work'), End: true } },
};
const day = 24 * 3600;

function machine(state: object, fields: object = {}) {
  return { StartAt: 'Only', States: { Only: state }, ...fields };
}

describe('an execution name', () => {
  it('starts nothing new while an execution with the same input runs', async () => {
    const scripted = startScriptedEngine({ definition: work, invoke: never });
    expect(start(scripted, { a: 1 })).toBe(start(scripted, { a: 1 }));
    await waitUntil(() => scripted.calls.length > 0);
    expect(scripted.calls).toHaveLength(1);
    expect(scripted.statusChanges).toHaveLength(1);
  });

  it('is refused while an execution with another input runs', () => {
    const scripted = startScriptedEngine({ definition: work, invoke: never });
    start(scripted, { a: 1 });
    expect(() => start(scripted, { a: 2 })).toThrow(
      expect.objectContaining({ code: 'ExecutionAlreadyExists' }),
    );
  });

  it('is used up until 90 days after its execution closed', async () => {
    const scripted = startScriptedEngine({ definition: work });
    await finish(scripted, start(scripted));
    scripted.clock.advance(90 * day - 1);
    expect(() => start(scripted)).toThrow(expect.objectContaining({ code: 'ExecutionAlreadyExists' }));
    scripted.clock.advance(1);
    await finish(scripted, start(scripted));
    expect(scripted.calls).toHaveLength(2);
  });

  it.each(['', 'with blank', 'a/b', 'x'.repeat(81)])('is refused when it is %j', (name) => {
    const scripted = startScriptedEngine({ definition: work });
    expect(() => start(scripted, {}, name)).toThrow(expect.objectContaining({ code: 'InvalidName' }));
  });
});

describe('the end of an execution', () => {
  it('is told, as is the start', async () => {
    const scripted = startScriptedEngine({ definition: work, invoke: () => returned({ fine: true }) });
    const executionArn = start(scripted, { a: 1 });
    await finish(scripted, executionArn);
    const common = {
      executionArn,
      stateMachineArn,
      name: 'one',
      input: '{"a":1}',
      startDate: scripted.clock.now(),
    };
    expect(scripted.statusChanges).toEqual([
      { ...common, status: 'RUNNING' },
      { ...common, status: 'SUCCEEDED', stopDate: scripted.clock.now(), output: '{"fine":true}' },
    ]);
  });

  it('is ABORTED when it is stopped, and what was under way counts for nothing', async () => {
    const answer = Promise.withResolvers<ReturnType<typeof returned>>();
    const scripted = startScriptedEngine({ definition: work, invoke: () => answer.promise });
    const executionArn = start(scripted);
    await waitUntil(() => scripted.calls.length === 1);
    scripted.engine.stopExecution({ executionArn, error: 'Enough' });
    answer.resolve(returned({}));
    await settle();
    expect(await finish(scripted, executionArn)).toMatchObject({ status: 'ABORTED', error: 'Enough' });
    expect(scripted.engine.getExecutionHistory({ executionArn }).events.at(-1)?.type).toBe(
      'ExecutionAborted',
    );
  });

  it("is TIMED_OUT after the machine's TimeoutSeconds", async () => {
    const definition = { ...work, TimeoutSeconds: 100 };
    const scripted = startScriptedEngine({ definition, invoke: never });
    const executionArn = start(scripted);
    scripted.clock.advance(99);
    expect(scripted.engine.describeExecution(executionArn).status).toBe('RUNNING');
    scripted.clock.advance(1);
    expect(scripted.engine.describeExecution(executionArn)).toMatchObject({ status: 'TIMED_OUT' });
  });

  it('is FAILED with what a Fail state says', async () => {
    const definition = machine({ Type: 'Fail', Error: 'UnknownDecision', Cause: 'nobody knows' });
    const scripted = startScriptedEngine({ definition });
    const ended = await finish(scripted, start(scripted));
    expect(ended).toMatchObject({ status: 'FAILED', error: 'UnknownDecision', cause: 'nobody knows' });
  });

  it('is SUCCEEDED with the output of a Succeed state', async () => {
    const definition = machine({ Type: 'Succeed', InputPath: '$.a', OutputPath: '$.b' });
    expect(await runToOutput(startScriptedEngine({ definition }), { a: { b: 2 } })).toBe(2);
  });
});

describe('a Wait state', () => {
  it.each([
    ['Seconds', { Seconds: 20 }, 20],
    ['SecondsPath', { SecondsPath: '$.pause' }, 7],
    ['Timestamp', { Timestamp: '2026-03-02T10:01:00Z' }, 60],
  ])('waits as long as %s says', async (_title, fields, seconds) => {
    const scripted = startScriptedEngine({ definition: machine({ Type: 'Wait', End: true, ...fields }) });
    const executionArn = start(scripted, { pause: 7 });
    const startDate = scripted.clock.now();
    await waitUntil(() => scripted.clock.advanceToNextTimer());
    const { stopDate = startDate } = await finish(scripted, executionArn);
    expect((stopDate.getTime() - startDate.getTime()) / 1000).toBe(seconds);
  });

  it('fails with States.Runtime when SecondsPath leads to no whole seconds', async () => {
    const definition = machine({ Type: 'Wait', SecondsPath: '$.pause', End: true });
    const scripted = startScriptedEngine({ definition });
    const ended = await finish(scripted, start(scripted, { pause: 'long' }));
    expect(ended).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
  });
});

describe('executions side by side', () => {
  it('wait at the same time, each for itself', async () => {
    const definition = machine({ Type: 'Wait', SecondsPath: '$.pause', End: true });
    const scripted = startScriptedEngine({ definition });
    const arns = [30, 10, 20].map((pause) => start(scripted, { pause }, `pause-${pause}`));
    for (let count = 1; count <= arns.length; count += 1) {
      await waitUntil(() => scripted.clock.advanceToNextTimer());
      await waitUntil(() => scripted.statusChanges.length === arns.length + count);
    }
    const ended = scripted.statusChanges.filter(({ status }) => status === 'SUCCEEDED');
    expect(ended.map(({ name }) => name)).toEqual(['pause-10', 'pause-20', 'pause-30']);
  });
});

describe('the engine', () => {
  it('leaves no timer behind when a task ends before its time-out', async () => {
    const definition = machine({ ...work.States.Work, TimeoutSeconds: 60 }, { TimeoutSeconds: 100 });
    const scripted = startScriptedEngine({ definition });
    await finish(scripted, start(scripted));
    expect(scripted.clock.advanceToNextTimer()).toBe(false);
  });

  it('refuses the ARN of a machine or an execution that it does not know', () => {
    const { engine } = startScriptedEngine({ definition: work });
    const request = { stateMachineArn: 'arn:other', name: 'one', input: '{}' };
    expect(() => engine.startExecution(request)).toThrow(AwsServiceError);
    expect(() => engine.describeExecution('arn:other')).toThrow(
      expect.objectContaining({ code: 'ExecutionDoesNotExist' }),
    );
  });

  it('does nothing more once it is closed', async () => {
    const answer = Promise.withResolvers<ReturnType<typeof returned>>();
    const scripted = startScriptedEngine({ definition: work, invoke: () => answer.promise });
    const executionArn = start(scripted);
    await waitUntil(() => scripted.calls.length === 1);
    scripted.engine.close();
    answer.resolve(returned({}));
    await settle();
    expect(scripted.clock.advanceToNextTimer()).toBe(false);
    expect(scripted.engine.describeExecution(executionArn).status).toBe('RUNNING');
  });
});
