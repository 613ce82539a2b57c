import type { Violation } from '../domain/quote.ts';
import { InvalidRequestError } from '../errors.ts';
import { orderFieldsSchema } from './order-fields.ts';
import { parseFields } from './parse-fields.ts';

export const remixForm = {
  schema: orderFieldsSchema.pick({ prompt: true }),
  allowed: { prompt: 'text' },
  shown: new Set<string>(),
  example: '{"prompt": "A lighthouse at dawn"}',
};

const noPrompt: Violation = {
  param: 'prompt',
  code: 'missing_field',
  message: 'prompt is required: a remix is the order of a video with another prompt',
};

/** Reads the body of a remix, which has one field. Throws InvalidRequestError with everything that is wrong. */
export function parseRemix(body: unknown): { readonly prompt: string } {
  const { fields, violations } = parseFields(body, remixForm);
  const [first, ...others] = violations;
  if (first !== undefined) throw new InvalidRequestError([first, ...others]);
  const { prompt = '' } = fields;
  if (prompt.trim() === '') throw new InvalidRequestError([noPrompt]);
  return { prompt };
}
