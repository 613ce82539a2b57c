import { join } from 'node:path';
import { executionStatusEvent, scheduledEvent, toBusRule } from './aws-events.ts';
import { createEventBus, type EventBus } from './event-bus.ts';
import { createLambdaRuntime, type LambdaRuntime } from './lambda-runtime/lambda-runtime.ts';
import { startSchedules } from './schedules.ts';
import { createStateMachineEngine, type StateMachineEngine } from './state-machine/engine.ts';
import type { LocalStack } from './template/read-stack.ts';
import { systemTimerClock, type TimerClock } from './timer-clock.ts';
import { updateItem } from './update-item.ts';

interface WorkflowOptions {
  readonly stack: LocalStack;
  readonly dataDirectory: string;
  readonly overrides: Readonly<Record<string, string>>;
  readonly dynamodbUrl: string;
  readonly clock: TimerClock;
}

/** What works behind the servers: functions, executions, events. */
export interface RunningWorkflow {
  readonly runtime: LambdaRuntime;
  readonly engine: StateMachineEngine;
  readonly bus: EventBus;
  close(): Promise<void>;
}

/** Resumes the executions of an earlier run. The servers that the functions call must serve already. */
export function startWorkflow(options: WorkflowOptions): RunningWorkflow {
  const { stack, dataDirectory, overrides, clock } = options;
  const logDirectory = join(dataDirectory, 'logs');
  const awaited = new Set(stack.routes.map(({ functionArn }) => functionArn));
  // The functions live in real time, whatever clock the executions wait on.
  const runtime = createLambdaRuntime({
    functions: stack.functions,
    awaited,
    overrides,
    logDirectory,
    clock: systemTimerClock,
  });
  // The API, which most come for; a thread costs a third of a second.
  for (const { routeKey, functionArn } of stack.routes)
    if (routeKey === '$default') runtime.warmUp(functionArn);
  const bus = createEventBus({
    rules: stack.rules.map(toBusRule),
    deliver: (arn, event) => deliver(runtime, arn, event),
    clock,
  });
  const engine = createStateMachineEngine({
    clock,
    journalDirectory: join(dataDirectory, 'executions'),
    machines: stack.stateMachines,
    integrations: {
      invokeFunction: runtime.invoke,
      updateItem: (parameters) => updateItem(options.dynamodbUrl, parameters),
    },
    onStatusChange: (change) => bus.put(executionStatusEvent(change)),
  });
  const stopSchedules = startSchedules({
    rules: stack.rules,
    clock,
    fire: ({ arn }) => bus.put(scheduledEvent(arn)),
  });
  return {
    runtime,
    engine,
    bus,
    async close() {
      stopSchedules();
      bus.close();
      // Before the functions end: a step cut short must not be journaled as failed.
      engine.close();
      await runtime.close();
    },
  };
}

async function deliver(runtime: LambdaRuntime, arn: string, event: unknown): Promise<void> {
  const outcome = await runtime.invoke(arn, event);
  if (outcome.kind === 'failed') throw new Error(`${outcome.errorType}: ${outcome.errorMessage}`);
}
