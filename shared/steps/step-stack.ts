import middy from '@middy/core';
import type * as z from 'zod';
import { type DeliveryDecision, type DeliveryInput, deliveryInputSchema } from '../domain/webhook.ts';
import { type StepDecision, type StepInput, stepInputSchema } from '../domain/workflow-state.ts';
import { TransientStepError } from '../errors.ts';
import { logger } from '../logger.ts';
import { isTransient } from '../transient-errors.ts';

/**
 * The stack of every workflow step: parses the input, logs a failure once, with whose it was, and renames what
 * passes by itself to the one name that the state machine retries.
 */
export function stepHandler(step: (input: StepInput) => Promise<StepDecision>) {
  return handlerOf(stepInputSchema, step);
}

/** The same for the step that delivers webhooks. */
export function deliveryHandler(step: (input: DeliveryInput) => Promise<DeliveryDecision>) {
  return handlerOf(deliveryInputSchema, step);
}

function handlerOf<Input, Decision>(schema: z.ZodType<Input>, step: (input: Input) => Promise<Decision>) {
  return middy<unknown, Decision>()
    .onError((request) => {
      const { event, error } = request;
      logger.error('The step failed', { input: schema.safeParse(event).data, error });
      if (isTransient(error)) request.error = new TransientStepError('It passes by itself', { cause: error });
    })
    .handler((event) => step(schema.parse(event)));
}
