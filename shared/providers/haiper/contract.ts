import * as z from 'zod';
import { type DoorContract, unixMilliseconds } from '../door-contract.ts';
import { endpointPathMeaning, maasRefusalSchema } from '../maas/contract.ts';
import { extendRequestSchema, generateOrderSchema, upscaleRequestSchema } from './wire.ts';

const createdSchema = z.object({ taskId: z.string() });
const parameters = { endpointPath: endpointPathMeaning };
const source = { sourceVideo: 'https://videos.example/lighthouse.mp4' };

const taskSchema = z.object({
  status: z.enum(['PENDING', 'IN_PROGRESS', 'SUCCESS', 'FAIL']),
  mediaUrl: z.string().describe('Empty until the video is there'),
  expireTime: unixMilliseconds.describe('Unix milliseconds; 0 until the video is there'),
  progress: z.number().min(0).max(1),
  message: z.string().optional().describe('Why it failed; a field of ours'),
});

export type HaiperTask = z.infer<typeof taskSchema>;

export const contract: DoorContract = {
  provider: 'haiper',
  title: 'Haiper',
  about: 'Change the host to this gateway’s and the key to one of ours. It has no callback.',
  routes: {
    'POST /v1/ai/{endpointPath}/video/generate': {
      id: 'createHaiperVideo',
      summary: 'Order a video from text or from an image',
      parameters,
      body: generateOrderSchema,
      example: { path: '/v1/ai/haiper/video/generate', body: { prompt: 'A lighthouse at dusk' } },
      answer: createdSchema,
    },
    'POST /v1/ai/{endpointPath}/video/upscale': {
      id: 'upscaleHaiperVideo',
      summary: 'Order a larger video',
      description: '`config.sourceVideo` is an http or https URL, or the id of a task.',
      parameters,
      body: upscaleRequestSchema,
      example: { path: '/v1/ai/haiper/video/upscale', body: { config: source } },
      answer: createdSchema,
    },
    'POST /v1/ai/{endpointPath}/video/extend': {
      id: 'extendHaiperVideo',
      summary: 'Order a longer video',
      description: '`config.sourceVideo` is an http or https URL, or the id of a task.',
      parameters,
      body: extendRequestSchema,
      example: {
        path: '/v1/ai/haiper/video/extend',
        body: { prompt: 'The light goes on', config: { ...source, extendDuration: 4 } },
      },
      answer: createdSchema,
    },
    'GET /v1/ai/{endpointPath}/video/tasks/{taskId}': {
      id: 'getHaiperTask',
      summary: 'Look at a task',
      parameters: { ...parameters, taskId: 'The id of the task, in the form of any API' },
      example: { path: '/v1/ai/haiper/video/tasks/3682474181382367956' },
      answer: taskSchema,
    },
  },
  error: maasRefusalSchema,
};
