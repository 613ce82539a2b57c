import middy from '@middy/core';
import { type StepDecision, type StepInput, stepInputSchema } from '../domain/workflow-state.ts';
import { logger } from '../logger.ts';

/** The stack of every workflow step: parses the input and logs a failure once, with whose it was. */
export function stepHandler(step: (input: StepInput) => Promise<StepDecision>) {
  return middy<unknown, StepDecision>()
    .onError(({ event, error }) => {
      logger.error('The step failed', { input: stepInputSchema.safeParse(event).data, error });
    })
    .handler((event) => step(stepInputSchema.parse(event)));
}
