import { stepChoice, stepPass, stepSucceed, stepWait } from './plain-states.ts';
import { closeExecution, type Run, requireState } from './run.ts';
import type { FailState } from './states.ts';
import { StatesError } from './states-error.ts';
import { stepTask } from './task-state.ts';

/** Takes an execution from its position to its end; stops silently when the run's signal is aborted. */
export async function runExecution(run: Run): Promise<void> {
  try {
    while (run.execution.closed === undefined) await takeStep(run);
  } catch (error) {
    if (!run.signal.aborted) throw error;
  }
}

async function takeStep(run: Run): Promise<void> {
  try {
    await stepState(run);
  } catch (error) {
    if (!(error instanceof StatesError)) throw error;
    closeExecution(run, 'FAILED', { error: error.error, cause: error.message });
  }
}

async function stepState(run: Run): Promise<void> {
  const state = requireState(run, run.execution.position.state);
  switch (state.Type) {
    case 'Task':
      return stepTask(run, state);
    case 'Choice':
      return stepChoice(run, state);
    case 'Wait':
      return stepWait(run, state);
    case 'Pass':
      return stepPass(run, state);
    case 'Succeed':
      return stepSucceed(run, state);
    case 'Fail':
      return stepFail(run, state);
  }
}

function stepFail(run: Run, { Error: error, Cause: cause }: FailState): void {
  closeExecution(run, 'FAILED', {
    ...(error === undefined ? {} : { error }),
    ...(cause === undefined ? {} : { cause }),
  });
}
