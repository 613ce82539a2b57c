import * as z from 'zod';
import type { Violation } from '../domain/quote.ts';
import { InvalidRequestError } from '../errors.ts';
import { describeIssue, refusedFields } from './describe-issue.ts';
import type { OrderDraft } from './order-draft.ts';
import { type OrderFields, orderFieldsSchema } from './order-fields.ts';

export interface ParsedOrder {
  /** Without the fields that were refused. */
  readonly draft: OrderDraft;
  readonly violations: readonly Violation[];
}

/**
 * Reads the body of an order strictly: each field at fault becomes a violation, all are told at once.
 * Throws InvalidRequestError for what is no object.
 */
export function parseOrder(body: unknown): ParsedOrder {
  const object = z.record(z.string(), z.unknown()).safeParse(body);
  if (!object.success) throw new InvalidRequestError([notAnObject]);
  const parsed = orderFieldsSchema.safeParse(object.data);
  if (parsed.success) return { draft: toDraft(parsed.data), violations: findConflicts(parsed.data) };
  const { issues } = parsed.error;
  const refused = refusedFields(issues);
  const rest = Object.entries(object.data).filter(([field]) => !refused.has(field));
  const fields = orderFieldsSchema.parse(Object.fromEntries(rest));
  const violations = issues.flatMap((issue) => describeIssue(issue, object.data));
  return { draft: toDraft(fields), violations: [...violations, ...findConflicts(fields)] };
}

const notAnObject: Violation = {
  param: 'body',
  code: 'wrong_type',
  message: 'The body must be a JSON object such as {"prompt": "A lighthouse at dusk"}',
};

function findConflicts(fields: OrderFields): Violation[] {
  if (fields.first_frame_image === undefined || fields.input_reference === undefined) return [];
  const message = 'first_frame_image and input_reference mean the same; give one of them';
  return [{ param: 'input_reference', code: 'conflicting_fields', message }];
}

function toDraft(fields: OrderFields): OrderDraft {
  return {
    fields: {
      model: fields.model,
      // A blank prompt is no prompt; whether one is needed is the offers' to say.
      prompt: fields.prompt?.trim() === '' ? undefined : fields.prompt,
      seconds: fields.seconds,
      resolution: fields.resolution,
      size: fields.size,
      aspectRatio: fields.aspect_ratio,
      seed: fields.seed,
      promptOptimizer: fields.prompt_optimizer,
      provider: fields.provider === 'auto' ? undefined : fields.provider,
      maxCostMicroUsd: fields.max_cost_usd,
      metadata: fields.metadata,
    },
    images: {
      firstFrameImage: fields.first_frame_image ?? fields.input_reference,
      lastFrameImage: fields.last_frame_image,
      subjectImage: fields.subject_image,
    },
  };
}
