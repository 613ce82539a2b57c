import * as z from 'zod';
import { callbackUrlRule, isCallbackUrl, isWebUrl } from '../web-url.ts';
import { productOf } from './offers.ts';
import { defaultSecondsOf, inputFieldsOf, type MarketModel } from './wire.ts';

/** A blank is absent: clients send one for what is not given. */
function unlessBlank<Schema extends z.ZodType>(schema: Schema) {
  const toPresent = (given: unknown) =>
    typeof given === 'string' && given.trim() === '' ? undefined : given;
  return z.preprocess(toPresent, schema.optional()).optional();
}

const webUrl = (name: string) => {
  const message = `${name} must be an http or https URL`;
  return unlessBlank(z.string(message).refine(isWebUrl, message));
};
const callbackRule = `callBackUrl ${callbackUrlRule}`;
const callBackUrl = unlessBlank(z.string(callbackRule).refine(isCallbackUrl, callbackRule));

/** The document's values are text; numbers are read too, and shown as they were written. */
const duration = z.literal(['6', '10', 6, 10], 'input.duration must be "6" or "10"');
const resolutions = ['512P', '768P', '1080P'] as const;

/** The fields of all models: which of them a model takes is a rule of its own, others are ignored. */
const inputSchema = z.object(
  {
    prompt: unlessBlank(z.string('input.prompt must be text')),
    image_url: webUrl('input.image_url'),
    end_image_url: webUrl('input.end_image_url'),
    duration: unlessBlank(duration),
    resolution: unlessBlank(z.enum(resolutions, `input.resolution must be one of ${resolutions.join(', ')}`)),
    prompt_optimizer: z.boolean('input.prompt_optimizer must be true or false').optional(),
  },
  'input must be an object with a prompt',
);
type DoorInput = z.infer<typeof inputSchema>;

export interface DoorRequestBody {
  readonly model: MarketModel;
  readonly callBackUrl?: string | undefined;
  readonly input: DoorInput;
}

/** The body of `POST /api/v1/jobs/createTask` as clients send it to us, for one of `models`. */
export function doorRequestSchema(models: readonly MarketModel[]): z.ZodType<DoorRequestBody> {
  return z
    .object(
      {
        model: z.enum(models, `model must be one of ${models.join(', ')}`),
        callBackUrl,
        input: inputSchema,
      },
      'The body must be a JSON object',
    )
    .superRefine(checkRules);
}

/** How long and how sharp a video is meant to be, said or not. */
export function shapeOf({ model, input }: Pick<DoorRequestBody, 'model' | 'input'>) {
  const { duration = defaultSecondsOf(model), resolution } = input;
  const [[, usualResolution]] = productOf(model).cells;
  return { seconds: Number(duration), resolution: resolution ?? usualResolution };
}

function checkRules(order: DoorRequestBody, context: z.RefinementCtx): void {
  const { model, input } = order;
  const { maxPromptLength, cells } = productOf(model);
  const refuse = (field: string, message: string) =>
    context.addIssue({ code: 'custom', path: ['input', field], message: `input.${field} ${message}` });
  if (input.prompt === undefined) refuse('prompt', 'is required');
  if ([...(input.prompt ?? '')].length > maxPromptLength)
    refuse('prompt', `is longer than ${maxPromptLength} characters`);
  const fields = inputFieldsOf(model);
  for (const [field, value] of Object.entries(input))
    if (value !== undefined && !fields?.has(field)) refuse(field, `is not taken by ${model}`);
  if (fields?.has('image_url') && input.image_url === undefined)
    refuse('image_url', `is required by ${model}`);
  const { seconds, resolution } = shapeOf(order);
  if (!cells.some((cell) => cell[0] === seconds && cell[1] === resolution))
    refuse('duration', `${seconds} is not made at ${resolution} by ${model}`);
}
