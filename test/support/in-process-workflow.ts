import { createStateMachineEngine, type StateMachineEngine } from '../../infra/local/state-machine/engine.ts';
import type { FunctionOutcome } from '../../infra/local/state-machine/run.ts';
import type { LocalStack } from '../../infra/local/template/read-stack.ts';
import type { TimerClock } from '../../infra/local/timer-clock.ts';
import type { InProcessFunctions } from './in-process-functions.ts';
import type { InvocationLog } from './invocation-log.ts';

/** Runs what the state machine calls, and knows whether something is under way. */
export interface WorkflowLog extends Pick<InvocationLog, 'activity'> {
  run(name: string, work: () => Promise<unknown>): Promise<unknown>;
}

interface WorkflowParts {
  readonly stack: LocalStack;
  readonly clock: TimerClock;
  readonly log: WorkflowLog;
  readonly steps: InProcessFunctions['steps'];
  /** The state machine's own write. */
  readonly updateItem: (parameters: unknown) => Promise<unknown>;
}

/** Runs the state machine of the template on steps of this process; its executions are forgotten with it. */
export function startInProcessWorkflow(parts: WorkflowParts): StateMachineEngine {
  const { stack, clock, log, steps, updateItem } = parts;
  const stepsByArn = new Map(
    stack.functions.flatMap(({ arn, logicalId }) => {
      const name = Object.keys(steps).find((step) => logicalId.startsWith(step));
      return name === undefined ? [] : [[arn, name] as const];
    }),
  );
  return createStateMachineEngine({
    clock,
    machines: stack.stateMachines,
    integrations: {
      async invokeFunction(functionArn, payload) {
        const name = stepsByArn.get(functionArn) ?? '';
        const step = steps[name];
        if (step === undefined) throw new Error(`The state machine calls ${functionArn}, which is no step`);
        return toOutcome(log.run(name, async () => step(payload)));
      },
      updateItem: (parameters) => log.activity.track(updateItem(parameters)),
    },
  });
}

async function toOutcome(answer: Promise<unknown>): Promise<FunctionOutcome> {
  try {
    return { kind: 'returned', payload: await answer };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { kind: 'failed', errorType: error.name, errorMessage: error.message };
  }
}
