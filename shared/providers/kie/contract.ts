import * as z from 'zod';
import { type DoorContract, refusalSchema } from '../door-contract.ts';
import { toMarketContract } from '../market/contract.ts';
import { marketModels } from '../market/wire.ts';
import { doorRequestSchema, downloadUrlRequestSchema } from './wire.ts';

const status = z.literal([0, 1, 2]).describe('0 goes on, 1 has succeeded, 2 has failed');
const time = z.string().describe('ISO 8601 in UTC, whole seconds');

function envelopeOf<Data extends z.ZodType>(data: Data) {
  return z.object({ code: z.literal(0), message: z.literal('success'), data });
}

const ended = {
  videoUrl: z.url().optional().describe('Once it has succeeded, until it is deleted or expires'),
  duration: z.int().positive().optional().describe('Seconds'),
  completedAt: time.optional(),
  errorCode: z.int().optional(),
  errorMessage: z.string().optional(),
};
const callbackSchema = z.object({ taskId: z.string(), status, ...ended });
const recordSchema = callbackSchema.extend({ createdAt: time, resolution: z.string().optional() });

export const contract: DoorContract = {
  provider: 'kie',
  title: 'KIE.ai Hailuo',
  about: 'Change the host to this gateway’s and the key to one of ours.',
  routes: {
    'POST /api/v1/hailuo/generate': {
      id: 'createKieTask',
      summary: 'Order a video',
      description:
        'A video from an image has the shape of its image: `aspectRatio` beside `imageUrl` must be one of those listed, changes nothing, and is told of in `x-conch-warning`.',
      body: doorRequestSchema,
      example: { body: { prompt: 'A lighthouse at dusk', model: 'hailuo-2-3', duration: 6 } },
      answer: envelopeOf(z.object({ taskId: z.string(), status })),
    },
    'GET /api/v1/hailuo/record-info': {
      id: 'getKieTask',
      summary: 'Look at a task',
      parameters: { taskId: 'The id of the task, in the form of any API' },
      example: { path: '/api/v1/hailuo/record-info?taskId=hailuo_rz745go19cyc' },
      answer: envelopeOf(recordSchema),
    },
    'POST /api/v1/common/download-url': {
      id: 'getKieDownloadUrl',
      summary: 'Turn a link to a video into one that can be downloaded',
      body: downloadUrlRequestSchema,
      example: { body: { url: 'https://conch.example/v/331ac6c1e3d7ead4/9mQu.mp4' } },
      answer: z.object({ code: z.literal(200), msg: z.literal('success'), data: z.url() }),
    },
  },
  error: refusalSchema,
  callback: callbackSchema,
};

/** What KIE's public pages document. */
export const marketContract = toMarketContract({
  provider: 'kie',
  dialect: 'kie-market',
  title: 'KIE.ai market',
  operationPrefix: 'KieMarket',
  exampleId: '331ac6c1e3d74ead84be13981d54ba1f',
  nativeModels: marketModels,
});
