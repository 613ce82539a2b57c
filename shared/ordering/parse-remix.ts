import type { Violation } from '../domain/quote.ts';
import type { VideoRequest } from '../domain/video-request.ts';
import { InvalidRequestError } from '../errors.ts';
import { orderFieldsSchema } from './order-fields.ts';
import { parseFields, refuseIfAny } from './parse-fields.ts';
import { webhookGuide } from './webhook-fields.ts';

export const remixForm = {
  ...webhookGuide,
  schema: orderFieldsSchema.pick({ prompt: true, webhook: true }),
  allowed: { prompt: 'text', ...webhookGuide.allowed },
  example: '{"prompt": "A lighthouse at dawn"}',
};

interface Remixed extends Pick<VideoRequest, 'webhook'> {
  readonly prompt: string;
}

const noPrompt: Violation = {
  param: 'prompt',
  code: 'missing_field',
  message: 'prompt is required: a remix is the order of a video with another prompt',
};

/** Reads the body of a remix. Throws InvalidRequestError with everything that is wrong. */
export function parseRemix(body: unknown): Remixed {
  const { fields, violations } = parseFields(body, remixForm);
  refuseIfAny(violations);
  const { prompt = '', webhook } = fields;
  if (prompt.trim() === '') throw new InvalidRequestError([noPrompt]);
  return { prompt, webhook };
}
