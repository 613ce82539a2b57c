import { randomUUID } from 'node:crypto';
import type { Writable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { environment } from '../../../shared/config.ts';
import type { FunctionOutcome } from '../state-machine/run.ts';
import type { LocalFunction } from '../template/read-functions.ts';
import type { TimerClock } from '../timer-clock.ts';
import { describeExcess } from './payload-limit.ts';
import { createPendingInvocations } from './pending-invocations.ts';
import type { AnswerMessage, InvocationMessage, WorkerSettings } from './worker-messages.ts';

export interface EnvironmentOptions {
  readonly definition: LocalFunction;
  readonly isAwaited: boolean;
  /** The environment of the function: nothing else of this process's own reaches it but the cache of its compiler. */
  readonly variables: Readonly<Record<string, string>>;
  /** Receives what the function prints. */
  readonly log: Writable;
  readonly clock: TimerClock;
}

/** A started bundle in a worker thread. It serves several invocations at once. */
export interface ExecutionEnvironment {
  /** False once it crashed or retired: start another one. */
  isUsable(): boolean;
  /** `payload` is JSON. */
  run(payload: string): Promise<FunctionOutcome>;
  /** Ends the thread; what runs in it fails. */
  terminate(): Promise<void>;
}

export function startExecutionEnvironment(options: EnvironmentOptions): ExecutionEnvironment {
  const { definition, clock, log } = options;
  const worker = startWorker(options);
  const pending = createPendingInvocations();
  let usable = true;
  const retire = () => {
    usable = false;
    if (pending.isEmpty()) void worker.terminate();
  };
  const crash = (reason: string) => {
    usable = false;
    pending.crash(reason);
  };
  worker.on('message', (answer: AnswerMessage) => {
    pending.settle(answer.requestId, toOutcome(answer));
    if (!usable) retire();
  });
  worker.on('error', (error) => {
    log.write(`${error.stack ?? error.message}\n`);
    crash(`The function's process crashed: ${error.message}`);
  });
  worker.on('exit', (code) => crash(`The function's process ended with code ${code}`));

  function run(payload: string): Promise<FunctionOutcome> {
    const requestId = randomUUID();
    const deadline = new Date(clock.now().getTime() + definition.timeoutSeconds * 1000);
    const message: InvocationMessage = { requestId, payload, deadlineMs: deadline.getTime() };
    return new Promise((resolve) => {
      // What timed out still runs: the thread takes no more work and ends with its last invocation.
      const cancelTimer = clock.schedule(deadline, () => {
        pending.settle(requestId, toTimeout(requestId, definition.timeoutSeconds));
        retire();
      });
      pending.add(requestId, (outcome) => {
        cancelTimer();
        resolve(outcome);
      });
      worker.postMessage(message);
    });
  }

  const terminate = () => worker.terminate().then(() => {});
  return { isUsable: () => usable, run, terminate };
}

function startWorker({ definition, isAwaited, variables, log }: EnvironmentOptions): Worker {
  const dot = definition.handler.lastIndexOf('.');
  const workerData: WorkerSettings = {
    moduleUrl: pathToFileURL(`${definition.directory}/${definition.handler.slice(0, dot)}.mjs`).href,
    exportName: definition.handler.slice(dot + 1),
    functionName: definition.name,
    functionArn: definition.arn,
    memoryMegabytes: definition.memoryMegabytes,
    isAwaited,
  };
  const worker = new Worker(new URL('./function-worker.ts', import.meta.url), {
    workerData,
    env: { ...variables, ...compiledCode() },
    execArgv: [],
    stdout: true,
    stderr: true,
  });
  worker.stdout.pipe(log, { end: false });
  worker.stderr.pipe(log, { end: false });
  return worker;
}

/** Where Node keeps compiled code, if anywhere: a bundle that was compiled before starts in half of the time. */
function compiledCode(): Readonly<Record<string, string>> {
  const { NODE_COMPILE_CACHE } = environment();
  return NODE_COMPILE_CACHE === undefined ? {} : { NODE_COMPILE_CACHE };
}

function toTimeout(requestId: string, seconds: number): FunctionOutcome {
  const errorMessage = `RequestId: ${requestId} Error: Task timed out after ${seconds.toFixed(2)} seconds`;
  return { kind: 'failed', errorType: 'Sandbox.Timedout', errorMessage };
}

function toOutcome(answer: AnswerMessage): FunctionOutcome {
  if (answer.kind === 'failed') {
    const { errorType, errorMessage, trace } = answer;
    return { kind: 'failed', errorType, errorMessage, trace };
  }
  const excess = describeExcess('Response', answer.payload);
  if (excess === undefined) return { kind: 'returned', payload: JSON.parse(answer.payload) };
  return { kind: 'failed', errorType: 'Function.ResponseSizeTooLarge', errorMessage: excess };
}
