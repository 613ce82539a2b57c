import { randomUUID } from 'node:crypto';
import type { Writable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { FunctionOutcome } from '../state-machine/run.ts';
import type { LocalFunction } from '../template/read-functions.ts';
import type { TimerClock } from '../timer-clock.ts';
import type { AnswerMessage, InvocationMessage, WorkerSettings } from './worker-messages.ts';

export interface EnvironmentOptions {
  readonly definition: LocalFunction;
  /** The whole environment of the function: nothing of this process's own reaches it. */
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

type Settle = (outcome: FunctionOutcome) => void;

export function startExecutionEnvironment(options: EnvironmentOptions): ExecutionEnvironment {
  const { definition, clock, log } = options;
  const worker = startWorker(options);
  const pending = new Map<string, Settle>();
  let usable = true;
  const settle = (requestId: string, outcome: FunctionOutcome) => {
    pending.get(requestId)?.(outcome);
    pending.delete(requestId);
    if (!usable && pending.size === 0) void worker.terminate();
  };
  const crash = (reason: string) => {
    usable = false;
    for (const requestId of pending.keys())
      settle(requestId, { kind: 'failed', errorType: 'Lambda.Unknown', errorMessage: reason });
  };
  // A timed-out invocation still runs: the thread takes no more work and ends with its last invocation.
  const timeOut = (requestId: string) => {
    usable = false;
    settle(requestId, toTimeout(requestId, definition.timeoutSeconds));
  };
  worker.on('message', (answer: AnswerMessage) => settle(answer.requestId, toOutcome(answer)));
  worker.on('error', (error) => {
    log.write(`${error.stack ?? error.message}\n`);
    crash(`The function's process crashed: ${error.message}`);
  });
  worker.on('exit', (code) => crash(`The function's process ended with code ${code}`));
  return {
    isUsable: () => usable,
    run(payload) {
      const requestId = randomUUID();
      const deadline = new Date(clock.now().getTime() + definition.timeoutSeconds * 1000);
      const cancelTimer = clock.schedule(deadline, () => timeOut(requestId));
      const message: InvocationMessage = { requestId, payload, deadlineMs: deadline.getTime() };
      return new Promise((resolve) => {
        pending.set(requestId, (outcome) => {
          cancelTimer();
          resolve(outcome);
        });
        worker.postMessage(message);
      });
    },
    async terminate() {
      await worker.terminate();
    },
  };
}

function startWorker({ definition, variables, log }: EnvironmentOptions): Worker {
  const dot = definition.handler.lastIndexOf('.');
  const workerData: WorkerSettings = {
    moduleUrl: pathToFileURL(`${definition.directory}/${definition.handler.slice(0, dot)}.mjs`).href,
    exportName: definition.handler.slice(dot + 1),
    functionName: definition.name,
    functionArn: definition.arn,
    memoryMegabytes: definition.memoryMegabytes,
  };
  const worker = new Worker(new URL('./function-worker.ts', import.meta.url), {
    workerData,
    env: { ...variables },
    execArgv: [],
    stdout: true,
    stderr: true,
  });
  worker.stdout.pipe(log, { end: false });
  worker.stderr.pipe(log, { end: false });
  return worker;
}

function toTimeout(requestId: string, seconds: number): FunctionOutcome {
  const errorMessage = `RequestId: ${requestId} Error: Task timed out after ${seconds.toFixed(2)} seconds`;
  return { kind: 'failed', errorType: 'Sandbox.Timedout', errorMessage };
}

function toOutcome(answer: AnswerMessage): FunctionOutcome {
  if (answer.kind === 'returned') return { kind: 'returned', payload: JSON.parse(answer.payload) };
  const { errorType, errorMessage, trace } = answer;
  return { kind: 'failed', errorType, errorMessage, trace };
}
