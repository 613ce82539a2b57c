import type { VideoRequest } from '../domain/video-request.ts';
import { orderFieldsSchema } from './order-fields.ts';
import { parseFields, refuseIfAny } from './parse-fields.ts';
import { webhookGuide } from './webhook-fields.ts';

export const retryForm = {
  ...webhookGuide,
  schema: orderFieldsSchema.pick({ webhook: true }),
  example: '{"webhook": {"url": "https://example.com/hook"}}',
};

/**
 * Reads the body of a retry, which may name a webhook: whoever sends another field wants another order than the one that
 * is repeated. Throws InvalidRequestError with everything that is wrong.
 */
export function parseRetry(body: unknown): Pick<VideoRequest, 'webhook'> {
  const { fields, violations } = parseFields(body, retryForm);
  refuseIfAny(violations);
  return fields;
}
