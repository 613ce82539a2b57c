import middy from '@middy/core';
import { type StepDecision, type StepInput, stepInputSchema } from '../domain/workflow-state.ts';
import { TransientStepError } from '../errors.ts';
import { logger } from '../logger.ts';
import { isTransient } from '../transient-errors.ts';

/**
 * The stack of every workflow step: parses the input, logs a failure once, with whose it was, and renames what
 * passes by itself to the one name that the state machine retries.
 */
export function stepHandler(step: (input: StepInput) => Promise<StepDecision>) {
  return middy<unknown, StepDecision>()
    .onError((request) => {
      const { event, error } = request;
      logger.error('The step failed', { input: stepInputSchema.safeParse(event).data, error });
      if (isTransient(error)) request.error = new TransientStepError('It passes by itself', { cause: error });
    })
    .handler((event) => step(stepInputSchema.parse(event)));
}
