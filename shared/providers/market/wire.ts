import * as z from 'zod';
import type { FailureCode } from '../../domain/job-progress.ts';
import { statusReader } from '../status-words.ts';
import { parseWireJson, wireId, wireNumber, wireText, wireUrl, wireWord } from '../wire-reading.ts';

const prompt = z.string();
const firstFrame = { image_url: z.string() };
const frames = { ...firstFrame, end_image_url: z.string().optional() };
/** Seconds are strings. Without them the models differ: the default is 6 for most, 10 for one. */
const duration = z.enum(['6', '10']).optional();
const optimizer = { prompt_optimizer: z.boolean().optional() };
const laterInput = z.strictObject({
  prompt,
  ...firstFrame,
  duration,
  resolution: z.enum(['768P', '1080P']).optional(),
});

/** The body of `POST /api/v1/jobs/createTask`. Each model has fields of its own, and takes no others. */
export const createRequestSchema = z.discriminatedUnion('model', [
  requestOf('hailuo/02-text-to-video-standard', z.strictObject({ prompt, duration, ...optimizer })),
  requestOf('hailuo/02-text-to-video-pro', z.strictObject({ prompt, ...optimizer })),
  requestOf(
    'hailuo/02-image-to-video-standard',
    z.strictObject({
      prompt,
      ...frames,
      duration,
      resolution: z.enum(['512P', '768P']).optional(),
      ...optimizer,
    }),
  ),
  requestOf('hailuo/02-image-to-video-pro', z.strictObject({ prompt, ...frames, ...optimizer })),
  requestOf('hailuo/2-3-image-to-video-standard', laterInput),
  requestOf('hailuo/2-3-image-to-video-pro', laterInput),
]);
export type CreateRequest = z.infer<typeof createRequestSchema>;
export type MarketModel = CreateRequest['model'];

function requestOf<Model extends string, Input extends z.ZodObject>(model: Model, input: Input) {
  return z.object({ model: z.literal(model), callBackUrl: z.string().optional(), input });
}

export const marketModels: readonly MarketModel[] = createRequestSchema.options.map(
  ({ shape }) => shape.model.value,
);

/** One model makes longer videos than the others when nobody asks. */
export function defaultSecondsOf(model: MarketModel): number {
  return model === 'hailuo/02-image-to-video-standard' ? 10 : 6;
}

/** The names of the input fields of a model; absent when there is no such model. */
export function inputFieldsOf(model: string): ReadonlySet<string> | undefined {
  const option = createRequestSchema.options.find(({ shape }) => shape.model.value === model);
  return option && new Set(Object.keys(option.shape.input.shape));
}

/** The answer to a create, in either dialect of the market's host. */
export const createdSchema = z.object({
  code: wireNumber,
  data: z.object({ taskId: wireId }).nullish().catch(undefined),
});

const resultSchema = z.object({ resultUrls: z.array(wireUrl) });
const orderSchema = z.object({ input: z.object({ prompt: wireText }) });

/** JSON within JSON; as it is where it comes as an object. */
const wireJson = z
  .unknown()
  .optional()
  .transform((value) => (typeof value === 'string' ? parseWireJson(value) : value));

/** A task as a look and a callback show it; only the fields that are used. */
const wireTaskSchema = z
  .object({
    taskId: wireId,
    /** Only in the sample code of a page on callbacks. */
    task_id: wireId,
    state: wireWord,
    param: wireJson,
    resultJson: wireJson,
    failCode: wireId,
    failMsg: wireText,
    creditsConsumed: wireNumber,
  })
  .transform(({ task_id, param, resultJson, ...task }) => ({
    ...task,
    taskId: task.taskId ?? task_id,
    prompt: orderSchema.safeParse(param).data?.input.prompt,
    resultUrls: (resultSchema.safeParse(resultJson).data?.resultUrls ?? []).filter(
      (url) => url !== undefined,
    ),
  }));
export type WireTask = z.infer<typeof wireTaskSchema>;

/** The answer of `GET /api/v1/jobs/recordInfo`, and the body of a callback. */
export const envelopeSchema = z.object({
  code: wireNumber,
  data: wireTaskSchema.nullish().catch(undefined),
});

/** The answer of `GET /api/v1/chat/credit`. */
export const creditSchema = z.object({ code: wireNumber, data: wireNumber });

/** How each state is meant. */
export const meaningOf = statusReader({
  waiting: 'queued',
  queuing: 'queued',
  generating: 'running',
  success: 'succeeded',
  fail: 'failed',
});

/** Public pages say 200, the document of the other dialect says 0. */
export function isSuccessCode(code: number): boolean {
  return code === 0 || code === 200;
}

/** The code of a failed generation: it is about the job, not about the question. */
export const generationFailedCode = 501;

/** Codes that HTTP does not have, or means otherwise: maintenance, and a feature that is switched off. */
const failureCodes: Readonly<Record<number, FailureCode>> = {
  455: 'provider_unavailable',
  505: 'provider_unavailable',
};

/** What a code of a create blames, where it is one of the host's own. */
export function failureCodeOf(code: number): FailureCode | undefined {
  return failureCodes[code];
}
