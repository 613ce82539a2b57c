import * as z from 'zod';
import { type DoorContract, unixMilliseconds } from '../door-contract.ts';
import { doorRequestSchema } from './door-request.ts';
import type { MarketModel } from './wire.ts';

interface MarketContract extends Pick<DoorContract, 'provider' | 'dialect' | 'title'> {
  /** Tells its operations from those of other sellers. */
  readonly operationPrefix: string;
  readonly nativeModels: readonly MarketModel[];
  /** Of a task, to show. */
  readonly exampleId: string;
}

const task = {
  taskId: z.string(),
  model: z.string(),
  state: z.enum(['waiting', 'generating', 'success', 'fail']),
  param: z.string().describe('The order as JSON within JSON'),
  resultJson: z
    .string()
    .nullable()
    .describe('JSON within JSON: `{"resultUrls": […]}`; empty until it has succeeded'),
};

const recordSchema = z.object({
  code: z.literal(200),
  message: z.literal('success'),
  data: z.object({
    ...task,
    failCode: z.string(),
    failMsg: z.string(),
    costTime: z.int().nonnegative().optional().describe('Milliseconds'),
    completeTime: unixMilliseconds.optional(),
    createTime: unixMilliseconds,
    updateTime: unixMilliseconds.optional(),
    creditsConsumed: z.number().optional().describe('Credits'),
  }),
});

const callbackSchema = z.object({
  code: z.int().describe('200, or 501 for a task that failed'),
  msg: z.string(),
  data: z.object({
    ...task,
    failCode: z.string().nullable(),
    failMsg: z.string().nullable(),
    costTime: z.int().nonnegative().optional().describe('Seconds'),
    createTime: unixMilliseconds,
    completeTime: unixMilliseconds.optional(),
  }),
});

const successSchema = z.object({ code: z.literal(200), msg: z.literal('success') });

/** The contract of the market dialect for one seller's models. */
export function toMarketContract({
  operationPrefix: prefix,
  nativeModels,
  exampleId,
  ...door
}: MarketContract): DoorContract {
  return {
    ...door,
    about: 'Change the host to this gateway’s and the key to one of ours.',
    routes: {
      'POST /api/v1/jobs/createTask': {
        id: `create${prefix}Task`,
        summary: 'Order a video',
        body: doorRequestSchema(nativeModels),
        example: {
          body: {
            model: nativeModels[0],
            input: { prompt: 'The boats leave' },
          },
        },
        answer: successSchema.extend({ data: z.object({ taskId: z.string() }) }),
      },
      'GET /api/v1/jobs/recordInfo': {
        id: `get${prefix}Task`,
        summary: 'Look at a task',
        parameters: { taskId: 'The id of the task, in the form of any API' },
        example: { path: `/api/v1/jobs/recordInfo?taskId=${exampleId}` },
        answer: recordSchema,
      },
      'GET /api/v1/chat/credit': {
        id: `get${prefix}Credit`,
        summary: 'Read what is left to spend',
        answer: successSchema.extend({ data: z.number().describe('Credits') }),
      },
    },
    error: z.object({ code: z.int(), msg: z.string(), data: z.null() }),
    callback: callbackSchema,
  };
}
