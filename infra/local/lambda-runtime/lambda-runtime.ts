import { createWriteStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import type { FunctionOutcome } from '../state-machine/run.ts';
import type { LocalFunction } from '../template/read-functions.ts';
import type { TimerClock } from '../timer-clock.ts';
import { type ExecutionEnvironment, startExecutionEnvironment } from './execution-environment.ts';
import { toFunctionVariables } from './function-variables.ts';
import { describeExcess } from './payload-limit.ts';
import { createTurnstile } from './turnstile.ts';

/**
 * So many invocations of a function run at once, unless a client waits for its answers. On AWS each has a machine of
 * its own; here they share a thread, and of thousands at once some would run out of their time.
 */
const maxAtOnce = 64;

/** The error of a payload that no function receives. */
export const requestTooLarge = 'RequestEntityTooLargeException';

interface LambdaRuntimeOptions {
  readonly functions: readonly LocalFunction[];
  /** ARNs of the functions for whose answers a client waits: the others run at a lower priority. */
  readonly awaited: ReadonlySet<string>;
  /** Variables that every function gets; they replace those of the template. */
  readonly overrides: Readonly<Record<string, string>>;
  /** Receives one `<function>.log` each. */
  readonly logDirectory: string;
  readonly clock: TimerClock;
}

/** Runs the bundles of `cdk.out` in worker threads. */
export interface LambdaRuntime {
  /** Never rejects for what the function does; throws for a function that is not in the template. */
  invoke(nameOrArn: string, payload: unknown): Promise<FunctionOutcome>;
  /** Starts a function before its first invocation. */
  warmUp(nameOrArn: string): void;
  close(): Promise<void>;
}

export function createLambdaRuntime(options: LambdaRuntimeOptions): LambdaRuntime {
  mkdirSync(options.logDirectory, { recursive: true });
  const hosts = options.functions.map((definition) => createFunctionHost(definition, options));
  const hostOf = (nameOrArn: string) => {
    const host = hosts.find(({ name, arn }) => name === nameOrArn || arn === nameOrArn);
    if (host === undefined) throw new Error(`There is no function ${nameOrArn} in the template`);
    return host;
  };
  return {
    async invoke(nameOrArn, payload) {
      const text = JSON.stringify(payload) ?? 'null';
      const excess = describeExcess('Request', text);
      if (excess !== undefined) return { kind: 'failed', errorType: requestTooLarge, errorMessage: excess };
      return hostOf(nameOrArn).run(text);
    },
    warmUp: (nameOrArn) => hostOf(nameOrArn).warmUp(),
    async close() {
      await Promise.all(hosts.map((host) => host.close()));
    },
  };
}

/** Of an invocation that still waited when the runtime closed. */
const crashed: FunctionOutcome = {
  kind: 'failed',
  errorType: 'Lambda.Unknown',
  errorMessage: 'The runtime was closed',
};

function createFunctionHost(definition: LocalFunction, options: LambdaRuntimeOptions) {
  const log = createWriteStream(join(options.logDirectory, `${definition.name}.log`), { flags: 'a' });
  const { overrides, awaited, clock } = options;
  const variables = toFunctionVariables(definition, overrides);
  const isAwaited = awaited.has(definition.arn);
  const started = new Set<ExecutionEnvironment>();
  const turnstile = createTurnstile(isAwaited ? Number.POSITIVE_INFINITY : maxAtOnce);
  let isClosed = false;
  const environment = (): ExecutionEnvironment => {
    const current = [...started].at(-1);
    if (current?.isUsable()) return current;
    const fresh = startExecutionEnvironment({ definition, isAwaited, variables, log, clock });
    started.add(fresh);
    return fresh;
  };
  return {
    name: definition.name,
    arn: definition.arn,
    run: (payload: string) => turnstile.pass(async () => (isClosed ? crashed : environment().run(payload))),
    warmUp: () => void environment(),
    async close() {
      isClosed = true;
      await Promise.all([...started].map((environment) => environment.terminate()));
      log.end();
      await finished(log);
    },
  };
}
