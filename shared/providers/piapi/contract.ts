import * as z from 'zod';
import { type DoorContract, refusalSchema, successOf } from '../door-contract.ts';
import { doorRequestSchema } from './wire.ts';

const points = z.number().describe('Points; ten million are a dollar');
const time = z.string().describe('ISO 8601 in UTC; year 1 means that it has not happened yet');

const longOutputSchema = z.object({
  percent: z.int().min(0).max(100),
  cover_url: z.string(),
  video_url: z.string(),
  download_url: z.string(),
  desc: z.string(),
  prompt_img_url: z.string(),
  status: z.literal([0, 2]),
  user_origin_prompt: z.boolean(),
  width: z.int().nonnegative(),
  height: z.int().nonnegative(),
  model_id: z.string(),
  message: z.string(),
});

const taskSchema = z.object({
  task_id: z.uuid(),
  model: z.literal('hailuo'),
  task_type: z.literal('video_generation'),
  status: z.enum(['pending', 'processing', 'completed', 'failed']),
  config: z.object({
    service_mode: z.literal('public'),
    webhook_config: z.object({ endpoint: z.string(), secret: z.string() }),
  }),
  input: z
    .object({
      model: z.string(),
      prompt: z.string(),
      image_url: z.string(),
      expand_prompt: z.boolean(),
      duration: z.int(),
      resolution: z.int(),
    })
    .partial()
    .required({ model: true }),
  output: z
    .union([z.object({ video: z.url() }), longOutputSchema])
    .nullable()
    .describe('Short for the newer models, long for the older ones'),
  meta: z.object({
    created_at: time,
    started_at: time,
    ended_at: time,
    usage: z.object({ type: z.literal('point'), frozen: points, consume: points }),
    is_using_private_pool: z.boolean(),
  }),
  detail: z.null(),
  logs: z.array(z.unknown()).nullable(),
  error: z.object({
    code: z.int().describe('0 without an error'),
    raw_message: z.string(),
    message: z.string(),
    detail: z.null(),
  }),
});
export type PiapiTask = z.infer<typeof taskSchema>;
const taskAnswerSchema = successOf(taskSchema);

const accountSchema = z.object({
  is_enable: z.boolean(),
  equivalent_in_usd: z.number(),
  wallet: z.object({ point_remain: points }),
});
export type PiapiAccount = z.infer<typeof accountSchema>;

export const contract: DoorContract = {
  provider: 'piapi',
  title: 'PiAPI',
  about: 'Change the host to this gateway’s and the key to one of ours.',
  routes: {
    'POST /api/v1/task': {
      id: 'createPiapiTask',
      summary: 'Order a video',
      body: doorRequestSchema,
      example: {
        body: {
          model: 'hailuo',
          task_type: 'video_generation',
          input: { model: 't2v-01', prompt: 'A lighthouse at dusk' },
        },
      },
      answer: taskAnswerSchema,
    },
    'GET /api/v1/task/{task_id}': {
      id: 'getPiapiTask',
      summary: 'Look at a task',
      parameters: { task_id: 'The id of the task, in the form of any API' },
      example: { path: '/api/v1/task/331ac6c1-e3d7-4ead-84be-13981d54ba1f' },
      answer: taskAnswerSchema,
    },
    'GET /account/info': {
      id: 'getPiapiAccount',
      summary: 'Read what is left to spend',
      answer: successOf(accountSchema),
    },
  },
  error: refusalSchema,
  callbackHeaders: { 'x-webhook-secret': 'The secret that the order named, or nothing' },
  callback: z.object({ timestamp: z.int().describe('Unix seconds'), data: taskSchema }),
};
