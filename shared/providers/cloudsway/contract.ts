import * as z from 'zod';
import type { DoorContract } from '../door-contract.ts';
import { endpointPathMeaning, maasRefusalSchema } from '../maas/contract.ts';
import { orderBodySchema } from './door-request.ts';

const fileId = z.string().describe('Empty until the video is there');
const pixels = z.int().nonnegative().describe('Pixels; 0 until the video is there');
const unixSeconds = z.int().nonnegative().describe('Unix seconds');

/** Each field is there twice, because clients of the document's table and of its example differ. */
const taskSchema = z.object({
  taskId: z.string(),
  task_id: z.string(),
  status: z.enum(['Preparing', 'Processing', 'Success', 'Fail']),
  fileId,
  file_id: fileId,
  videoWidth: pixels,
  video_width: pixels,
  videoHeight: pixels,
  video_height: pixels,
  base_resp: z.object({ status_code: z.int().describe('0 without an error'), status_msg: z.string() }),
});

export type CloudswayTask = z.infer<typeof taskSchema>;

const fileSchema = z.object({
  taskId: z.string(),
  fileId: z.string(),
  createdAt: unixSeconds,
  filename: z.string(),
  purpose: z.literal('video_generation'),
  mediaUrl: z.url(),
  expireTime: unixSeconds,
});

export type CloudswayFile = z.infer<typeof fileSchema>;

export const contract: DoorContract = {
  provider: 'cloudsway',
  title: 'Cloudsway Hailuo',
  about: 'Change the host to this gateway’s and the key to one of ours. It has no callback.',
  routes: {
    'POST /v1/ai/{endpointPath}/hailuo/video/generate': {
      id: 'createCloudswayTask',
      summary: 'Order a video',
      parameters: { endpointPath: endpointPathMeaning },
      body: orderBodySchema,
      example: { path: '/v1/ai/t2v/hailuo/video/generate', body: { prompt: 'A lighthouse at dusk' } },
      answer: z.object({ taskId: z.string() }),
    },
    'GET /v1/ai/{endpointPath}/hailuo/video/task/{taskId}': {
      id: 'getCloudswayTask',
      summary: 'Look at a task',
      parameters: { endpointPath: endpointPathMeaning, taskId: 'The id of the task, in the form of any API' },
      example: { path: '/v1/ai/t2v/hailuo/video/task/3682474181382367956' },
      answer: taskSchema,
    },
    'GET /v1/ai/{endpointPath}/hailuo/video/file': {
      id: 'getCloudswayFile',
      summary: 'Read the link to a video',
      parameters: {
        endpointPath: endpointPathMeaning,
        taskId: 'The id of the task; `task_id` is read too',
        fileId: 'The `fileId` of the task; `file_id` is read too',
      },
      example: {
        path: '/v1/ai/t2v/hailuo/video/file?taskId=3682474181382367956&fileId=223899206362568',
      },
      answer: fileSchema,
    },
  },
  error: maasRefusalSchema,
};
