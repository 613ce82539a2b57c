import middy from '@middy/core';
import type { StepDecision, StepInput } from '../domain/workflow-state.ts';
import { stepInputSchema } from '../domain/workflow-state.ts';
import { logger } from '../logger.ts';

/** The stack of every workflow step: parses the input, puts the task's id on each log line, logs a failure once. */
export function stepHandler(step: (input: StepInput) => Promise<StepDecision>) {
  return middy<unknown, StepDecision>()
    .before(({ event }) => {
      const { taskId, run } = stepInputSchema.parse(event);
      logger.appendKeys({ taskId, run });
    })
    .onError(({ error }) => {
      logger.error('The step failed', { error });
    })
    .handler((event) => step(stepInputSchema.parse(event)));
}
