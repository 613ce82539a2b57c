import { mkdtempSync, readFileSync } from 'node:fs';
import { constants, getPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import {
  createLambdaRuntime,
  type LambdaRuntime,
} from '../../../../infra/local/lambda-runtime/lambda-runtime.ts';
import { systemTimerClock, type TimerClock } from '../../../../infra/local/timer-clock.ts';
import { createManualClock } from '../../../support/manual-clock.ts';
import { functionsOf } from '../../../support/mini-assembly.ts';

const running: LambdaRuntime[] = [];
afterEach(async () => {
  for (const runtime of running.splice(0)) await runtime.close();
});

const probeArn = 'arn:aws:lambda:us-east-1:000000000000:function:probe';

interface StartOptions {
  readonly properties?: object;
  readonly clock?: TimerClock;
  readonly awaited?: ReadonlySet<string>;
}

function start(source: string, { properties = {}, clock, awaited = new Set() }: StartOptions = {}) {
  const logDirectory = mkdtempSync(join(tmpdir(), 'conch-logs-'));
  const runtime = createLambdaRuntime({
    functions: functionsOf({ probe: source }, properties),
    awaited,
    overrides: { COLOR: 'blue' },
    logDirectory,
    clock: clock ?? systemTimerClock,
  });
  running.push(runtime);
  return { ...runtime, logFile: join(logDirectory, 'probe.log') };
}

describe('createLambdaRuntime', () => {
  it('returns what the handler returned, given the event and the context', async () => {
    const { invoke } = start(
      'export const handler = async (event, context) => ({ event, name: context.functionName });',
    );
    expect(await invoke('probe', { a: 1 })).toEqual({
      kind: 'returned',
      payload: { event: { a: 1 }, name: 'probe' },
    });
  });

  it('returns null for a handler that returns nothing, as JSON does', async () => {
    const { invoke } = start('export const handler = async () => {};');
    expect(await invoke('probe', {})).toEqual({ kind: 'returned', payload: null });
  });

  it('gives the template environment and the overrides, and nothing of its own process', async () => {
    const { invoke } = start('export const handler = async () => process.env;', {
      properties: { Environment: { Variables: { COLOR: 'red', SIZE: 'big' } } },
    });
    const outcome = await invoke(probeArn, {});
    expect(outcome).toMatchObject({ payload: { COLOR: 'blue', SIZE: 'big', AWS_REGION: 'us-east-1' } });
    expect(outcome).not.toHaveProperty('payload.PATH');
  });

  it('fails with the name and message of a thrown error', async () => {
    const { invoke } = start(
      `export const handler = async () => { throw Object.assign(new Error('no'), { name: 'TransientStepError' }); };`,
    );
    expect(await invoke('probe', {})).toMatchObject({
      kind: 'failed',
      errorType: 'TransientStepError',
      errorMessage: 'no',
      trace: expect.arrayContaining([expect.stringContaining('index.mjs')]),
    });
  });

  it('serves a second invocation while the first one waits', async () => {
    const { invoke } = start(`
      let release;
      const gate = new Promise((resolve) => { release = resolve; });
      export const handler = async ({ opens }) => { if (opens) release(); else await gate; return opens; };`);
    const waiting = invoke('probe', { opens: false });
    await invoke('probe', { opens: true });
    expect(await waiting).toEqual({ kind: 'returned', payload: false });
  });

  it('runs 64 invocations at once, and the others after them', async () => {
    const { invoke } = start(`
      let [now, most, release] = [0, 0];
      const gate = new Promise((resolve) => { release = resolve; });
      export const handler = async () => {
        most = Math.max(most, ++now);
        if (now === 64) release();
        await gate;
        await new Promise((resolve) => setTimeout(resolve, 5));
        now -= 1;
        return most;
      };`);
    const outcomes = await Promise.all(Array.from({ length: 200 }, () => invoke('probe', {})));
    expect(outcomes.at(-1)).toEqual({ kind: 'returned', payload: 64 });
  });

  it('runs any number of invocations at once for whose answers a client waits', async () => {
    const source = `
      let [come, release] = [0, () => {}];
      const gate = new Promise((resolve) => { release = resolve; });
      export const handler = async () => { if (++come === 200) release(); await gate; return come; };`;
    const { invoke } = start(source, { awaited: new Set([probeArn]) });
    const outcomes = await Promise.all(Array.from({ length: 200 }, () => invoke('probe', {})));
    expect(outcomes.at(-1)).toEqual({ kind: 'returned', payload: 200 });
  });

  it('fails also what waits for its turn when it is closed', async () => {
    const { invoke, close } = start('export const handler = () => new Promise(() => {});');
    const outcomes = Array.from({ length: 65 }, () => invoke('probe', {}));
    await close();
    const failed = await Promise.all(outcomes);
    expect(new Set(failed.map((outcome) => outcome.kind === 'failed' && outcome.errorType))).toEqual(
      new Set(['Lambda.Unknown']),
    );
  });

  it('fails what runs when the process exits, and starts anew for the next invocation', async () => {
    const { invoke } = start(
      'export const handler = async ({ dies }) => { if (dies) process.exit(1); return 1; };',
    );
    expect(await invoke('probe', { dies: true })).toMatchObject({
      kind: 'failed',
      errorType: 'Lambda.Unknown',
    });
    expect(await invoke('probe', { dies: false })).toEqual({ kind: 'returned', payload: 1 });
  });

  it('fails with the reason when the bundle cannot be imported', async () => {
    const { invoke } = start(`throw new Error('TASKS_TABLE_NAME is missing');`);
    expect(await invoke('probe', {})).toMatchObject({
      errorType: 'Lambda.Unknown',
      errorMessage: expect.stringContaining('TASKS_TABLE_NAME is missing'),
    });
  });

  it('fails with Sandbox.Timedout after the time-out of the function', async () => {
    const clock = createManualClock();
    const source = 'export const handler = () => new Promise(() => {});';
    const { invoke } = start(source, { properties: { Timeout: 60 }, clock });
    const outcome = invoke('probe', {});
    await Promise.resolve();
    clock.advance(60);
    expect(await outcome).toMatchObject({
      kind: 'failed',
      errorType: 'Sandbox.Timedout',
      errorMessage: expect.stringContaining('timed out after 60.00 seconds'),
    });
  });

  it('refuses a payload over the limit without invoking', async () => {
    const { invoke } = start('export const handler = async () => 1;');
    expect(await invoke('probe', 'x'.repeat(6_291_556))).toMatchObject({
      errorType: 'RequestEntityTooLargeException',
    });
  });

  it('fails for a result over the limit', async () => {
    const { invoke } = start(`export const handler = async () => 'x'.repeat(6_291_556);`);
    expect(await invoke('probe', {})).toMatchObject({ errorType: 'Function.ResponseSizeTooLarge' });
  });

  it.skipIf(process.platform !== 'linux')(
    'runs a function that nobody waits for at a lower priority',
    async () => {
      const source = `import { getPriority } from 'node:os'; export const handler = async () => getPriority();`;
      const background = await start(source).invoke('probe', {});
      const awaited = await start(source, { awaited: new Set([probeArn]) }).invoke('probe', {});
      expect(awaited).toEqual({ kind: 'returned', payload: getPriority() });
      expect(background).toEqual({ kind: 'returned', payload: constants.priority.PRIORITY_BELOW_NORMAL });
    },
  );

  it('writes what the function prints to its log file', async () => {
    const { invoke, close, logFile } = start(`export const handler = async () => { console.log('seen'); };`);
    await invoke('probe', {});
    await close();
    expect(readFileSync(logFile, 'utf8')).toContain('seen');
  });

  it('rejects for a function that is not in the template', async () => {
    await expect(start('').invoke('nobody', {})).rejects.toThrow('There is no function nobody');
  });
});
