import * as z from 'zod';
import { type DoorContract, refusalSchema, successOf, unixMilliseconds } from '../door-contract.ts';
import { createRequestSchema, nativeModels } from './wire.ts';

const taskId = z.string();
const model = `The model: ${nativeModels.join(' or ')}`;

const statusSchema = successOf(
  z.union([
    z.object({ taskId, state: z.enum(['pending', 'processing']), createTime: unixMilliseconds }),
    z.object({
      taskId,
      state: z.literal('success'),
      resultJson: z.string().describe('JSON within JSON: `{"resultUrls": […]}`'),
      createTime: unixMilliseconds,
      completeTime: unixMilliseconds,
      costTime: z.int().nonnegative().describe('Milliseconds'),
    }),
    z.object({ taskId, state: z.literal('failed'), failCode: z.string(), failMsg: z.string() }),
  ]),
);

export const contract: DoorContract = {
  provider: 'apixo',
  title: 'Apixo',
  about: 'Change the host to this gateway’s and the key to one of ours.',
  routes: {
    'POST /api/v1/generateTask/{model}': {
      id: 'createApixoTask',
      summary: 'Order a video',
      parameters: { model },
      body: createRequestSchema,
      example: {
        path: '/api/v1/generateTask/hailuo-2-3',
        body: {
          request_type: 'async',
          input: { mode: 'standard-text-to-video', prompt: 'A lighthouse at dusk', duration: 6 },
        },
      },
      answer: successOf(z.object({ taskId })),
    },
    'GET /api/v1/statusTask/{model}': {
      id: 'getApixoTask',
      summary: 'Look at a task',
      parameters: { model, taskId: 'The id of the task, in the form of any API' },
      example: { path: '/api/v1/statusTask/hailuo-2-3?taskId=task_3682474181382367956' },
      answer: statusSchema,
    },
    'GET /api/v1/apikeys/current-balance': {
      id: 'getApixoBalance',
      summary: 'Read what is left to spend',
      answer: successOf(z.number().describe('USD')),
    },
  },
  error: refusalSchema,
  callback: statusSchema,
};
