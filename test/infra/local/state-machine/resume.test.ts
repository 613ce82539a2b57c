import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import {
  eventTypes,
  failed,
  finish,
  functionArn,
  never,
  returned,
  settle,
  start,
  startScriptedEngine,
  tokenWaitArn,
  waitUntil,
} from './scripted-engine.ts';

type Script = Parameters<typeof startScriptedEngine>[0];

let journalDirectory: string;
beforeEach(() => {
  journalDirectory = mkdtempSync(join(tmpdir(), 'journal-'));
});
afterEach(() => rmSync(journalDirectory, { recursive: true }));

/** Starting it anew without closing the one before is what a kill and a restart look like. */
function startJournaled(script: Script) {
  return startScriptedEngine({ journalDirectory, ...script });
}

const work = {
  Type: 'Task',
  Resource: functionArn('work'),
  End: true,
  Retry: [{ ErrorEquals: ['Lambda.Unknown', 'Busy'], IntervalSeconds: 10, MaxAttempts: 2 }],
};
const sleep = {
  Type: 'Task',
  Resource: tokenWaitArn,
  Parameters: { 'token.$': '$$.Task.Token' },
  TimeoutSeconds: 60,
  End: true,
  Retry: [{ ErrorEquals: ['DynamoDb.SdkClientException'], IntervalSeconds: 5 }],
  Catch: [{ ErrorEquals: ['States.Timeout'], Next: 'Rescue' }],
};
const rescue = { Type: 'Pass', Result: 'rescued', End: true };

function machine(only: object) {
  return { definition: { StartAt: 'Only', States: { Only: only, Rescue: rescue } } };
}

function firstToken({ calls }: ReturnType<typeof startScriptedEngine>): string {
  return z.object({ token: z.string() }).parse(calls[0]?.payload).token;
}

describe('an execution whose engine was killed', () => {
  it('keeps waiting for the same token', async () => {
    const before = startJournaled(machine(sleep));
    const arn = start(before);
    await waitUntil(() => eventTypes(before, arn).includes('TaskSubmitted'));
    const after = startJournaled({ ...machine(sleep), clock: before.clock });
    after.engine.sendTaskSuccess({ taskToken: firstToken(before), output: '"woken"' });
    expect(await finish(after, arn)).toMatchObject({ status: 'SUCCEEDED', output: '"woken"' });
    expect(after.calls).toEqual([]);
  });

  it('waits for its token until the original due time', async () => {
    const before = startJournaled(machine(sleep));
    const arn = start(before);
    await waitUntil(() => eventTypes(before, arn).includes('TaskSubmitted'));
    before.clock.advance(40);
    const after = startJournaled(machine(sleep));
    await settle();
    after.clock.advance(59);
    await settle();
    expect(after.engine.describeExecution(arn).status).toBe('RUNNING');
    after.clock.advance(1);
    expect(await finish(after, arn)).toMatchObject({ output: '"rescued"' });
  });

  it('remembers an answered token although nobody acted on it yet', async () => {
    const before = startJournaled(machine(sleep));
    const arn = start(before);
    await waitUntil(() => eventTypes(before, arn).includes('TaskSubmitted'));
    before.engine.sendTaskSuccess({ taskToken: firstToken(before), output: '"woken"' });
    const after = startJournaled(machine(sleep));
    expect(await finish(after, arn)).toMatchObject({ output: '"woken"' });
  });

  it('hands out a fresh token when the call that handed out the first was under way', async () => {
    const before = startJournaled({ ...machine(sleep), updateItem: never });
    const arn = start(before);
    await waitUntil(() => before.calls.length === 1);
    const after = startJournaled(machine(sleep));
    await waitUntil(() => after.clock.advanceToNextTimer());
    await waitUntil(() => after.calls.length === 1);
    expect(firstToken(after)).not.toBe(firstToken(before));
    after.engine.sendTaskSuccess({ taskToken: firstToken(after), output: '"woken"' });
    expect(await finish(after, arn)).toMatchObject({ output: '"woken"' });
  });

  it('counts a function that was under way as failed with Lambda.Unknown', async () => {
    const before = startJournaled({ ...machine(work), invoke: never });
    const arn = start(before);
    await waitUntil(() => before.calls.length === 1);
    const after = startJournaled({ ...machine(work), invoke: () => returned('again') });
    await waitUntil(() => after.clock.advanceToNextTimer());
    expect(await finish(after, arn)).toMatchObject({ status: 'SUCCEEDED', output: '"again"' });
    expect(eventTypes(after, arn).slice(4, 6)).toEqual(['LambdaFunctionFailed', 'LambdaFunctionScheduled']);
  });

  it('fails when nothing retries the function that was under way', async () => {
    const script = machine({ ...work, Retry: [] });
    const before = startJournaled({ ...script, invoke: never });
    const arn = start(before);
    await waitUntil(() => before.calls.length === 1);
    const after = startJournaled(script);
    expect(await finish(after, arn)).toMatchObject({ status: 'FAILED', error: 'Lambda.Unknown' });
    expect(after.calls).toEqual([]);
  });

  it('retries at the planned time and remembers how often it did', async () => {
    const script = { ...machine(work), invoke: () => failed('Busy') };
    const before = startJournaled(script);
    const arn = start(before);
    await waitUntil(() => before.calls.length === 1);
    await waitUntil(() => before.clock.advanceToNextTimer());
    await waitUntil(() => before.calls.length === 2);
    await settle();
    const after = startJournaled(script);
    await waitUntil(() => after.clock.advanceToNextTimer());
    expect(await finish(after, arn)).toMatchObject({ status: 'FAILED', error: 'Busy' });
    expect(after.calls).toMatchObject([{ at: '2026-03-02T10:00:30.000Z' }]);
  });

  it('keeps the due time of a Wait state', async () => {
    const script = machine({ Type: 'Wait', Seconds: 100, End: true });
    const before = startJournaled(script);
    const arn = start(before);
    await settle();
    before.clock.advance(70);
    const after = startJournaled({ ...script, clock: before.clock });
    await settle();
    after.clock.advance(30);
    const ended = await finish(after, arn);
    expect(ended.stopDate?.toISOString()).toBe('2026-03-02T10:01:40.000Z');
  });

  it.each([
    ['Pass', rescue],
    ['Choice', { Type: 'Choice', Choices: [{ Variable: '$.a', IsPresent: false, Next: 'Rescue' }] }],
    ['Succeed', { Type: 'Succeed' }],
    ['Task', work],
  ])('runs a %s state that it had only entered', async (_type, state) => {
    const before = startJournaled(machine(state));
    const arn = start(before);
    cutJournalAfterLine(1);
    const after = startJournaled(machine(state));
    expect(await finish(after, arn)).toMatchObject({ status: 'SUCCEEDED' });
  });

  it('keeps the original limit of its whole duration', async () => {
    const { definition } = machine(sleep);
    const script = { definition: { ...definition, TimeoutSeconds: 50 } };
    const before = startJournaled(script);
    const arn = start(before);
    await waitUntil(() => eventTypes(before, arn).includes('TaskSubmitted'));
    before.clock.advance(20);
    const after = startJournaled({ ...script, clock: before.clock });
    after.clock.advance(30);
    expect(after.engine.describeExecution(arn).status).toBe('TIMED_OUT');
  });

  it('fails with States.Runtime when its state is no longer in the definition', async () => {
    const before = startJournaled(machine(sleep));
    const arn = start(before);
    await waitUntil(() => eventTypes(before, arn).includes('TaskSubmitted'));
    const after = startJournaled({ definition: { StartAt: 'Rescue', States: { Rescue: rescue } } });
    expect(await finish(after, arn)).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
  });

  it('stays closed once it closed, its name used up and its history whole', async () => {
    const before = startJournaled({ ...machine(work), invoke: () => returned(1) });
    const arn = start(before);
    await finish(before, arn);
    const after = startJournaled(machine(work));
    expect(after.engine.describeExecution(arn)).toEqual(before.engine.describeExecution(arn));
    expect(eventTypes(after, arn)).toEqual(eventTypes(before, arn));
    expect(() => start(after)).toThrow(expect.objectContaining({ code: 'ExecutionAlreadyExists' }));
    expect(after.statusChanges).toEqual([]);
  });
});

describe('the journal', () => {
  const journalPath = () => join(journalDirectory, 'executions.jsonl');

  it('leaves out a torn last line', async () => {
    const before = startJournaled(machine(sleep));
    const arn = start(before);
    await waitUntil(() => eventTypes(before, arn).includes('TaskSubmitted'));
    appendFileSync(journalPath(), '{"executionArn":"arn:aws:sta');
    startJournaled(machine(sleep));
    const again = startJournaled(machine(sleep));
    expect(again.engine.describeExecution(arn).status).toBe('RUNNING');
  });

  it('shrinks to the first and last event a day after an execution closed, and forgets it after 90', async () => {
    const before = startJournaled({ ...machine(work), invoke: () => returned(1) });
    const arn = start(before);
    await finish(before, arn);
    const fullBytes = statSync(journalPath()).size;
    before.clock.advance(24 * 3600);
    const nextDay = startJournaled({ ...machine(work), clock: before.clock });
    expect(statSync(journalPath()).size).toBeLessThan(fullBytes);
    expect(eventTypes(nextDay, arn)).toEqual(['ExecutionStarted', 'ExecutionSucceeded']);
    before.clock.advance(89 * 24 * 3600);
    startJournaled({ ...machine(work), clock: before.clock });
    expect(readFileSync(journalPath(), 'utf8')).toBe('');
  });
});

function cutJournalAfterLine(count: number): void {
  const path = join(journalDirectory, 'executions.jsonl');
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, count);
  rmSync(path);
  appendFileSync(path, `${lines.join('\n')}\n`);
}
