import type { Violation } from '../domain/quote.ts';
import { imageParams } from '../routing/quotable-request.ts';
import type { OrderDraft } from './order-draft.ts';
import { type OrderFields, orderFieldsSchema, orderGuide } from './order-fields.ts';
import { parseFields } from './parse-fields.ts';

export interface ParsedOrder {
  /** Without the fields that were refused. */
  readonly draft: OrderDraft;
  readonly violations: readonly Violation[];
}

const orderForm = {
  ...orderGuide,
  schema: orderFieldsSchema,
  example: '{"prompt": "A lighthouse at dusk"}',
};

/**
 * Reads the body of an order strictly: each field at fault becomes a violation, all are told at once.
 * Throws InvalidRequestError for what is no object.
 */
export function parseOrder(body: unknown): ParsedOrder {
  const { fields, violations } = parseFields(body, orderForm);
  return { draft: toDraft(fields), violations: [...violations, ...findConflicts(fields)] };
}

function findConflicts(fields: OrderFields): Violation[] {
  return conflicts.flatMap(({ param, message, isFound }): Violation[] =>
    isFound(fields) ? [{ param, code: 'conflicting_fields', message }] : [],
  );
}

interface Conflict {
  readonly param: keyof OrderFields;
  readonly message: string;
  isFound(fields: OrderFields): boolean;
}

const conflicts: readonly Conflict[] = [
  {
    param: 'input_reference',
    message: 'first_frame_image and input_reference mean the same; give one of them',
    isFound: (fields) => fields.first_frame_image !== undefined && fields.input_reference !== undefined,
  },
  {
    param: 'seconds',
    message: 'seconds is of a new video; give extend_seconds with operation "extend"',
    isFound: ({ operation, seconds }) => operation === 'extend' && seconds !== undefined,
  },
  {
    param: 'aspect_ratio',
    message: 'size says the shape already; give resolution beside aspect_ratio',
    isFound: ({ size, aspect_ratio }) => size !== undefined && aspect_ratio !== undefined,
  },
  {
    param: 'extend_seconds',
    message: 'extend_seconds goes with operation "extend" only',
    isFound: (fields) => fields.operation !== 'extend' && fields.extend_seconds !== undefined,
  },
];

function toDraft(fields: OrderFields): OrderDraft {
  return {
    fields: {
      operation: fields.operation,
      model: fields.model,
      // A blank prompt is no prompt; whether one is needed is the offers' to say.
      prompt: unlessBlank(fields.prompt),
      negativePrompt: unlessBlank(fields.negative_prompt),
      seconds: fields.operation === 'extend' ? fields.extend_seconds : fields.seconds,
      resolution: fields.resolution,
      size: fields.size,
      aspectRatio: fields.aspect_ratio,
      seed: fields.seed,
      promptOptimizer: fields.prompt_optimizer,
      providers: fields.provider?.providers,
      policy: fields.provider?.policy,
      maxCostMicroUsd: fields.max_cost_usd,
      metadata: fields.metadata,
      webhook: fields.webhook,
    },
    images: {
      firstFrameImage: fields.first_frame_image ?? fields.input_reference,
      lastFrameImage: fields.last_frame_image,
      subjectImage: fields.subject_image,
    },
    sourceVideo: fields.source_video,
    imageParams: { ...imageParams, firstFrameImage: firstFrameParam(fields) },
  };
}

function unlessBlank(text: string | undefined): string | undefined {
  return text?.trim() === '' ? undefined : text;
}

function firstFrameParam(fields: OrderFields): string {
  const isReference = fields.first_frame_image === undefined && fields.input_reference !== undefined;
  return isReference ? 'input_reference' : imageParams.firstFrameImage;
}
