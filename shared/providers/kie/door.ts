import type { Door, DoorAnswer, DoorError, DoorOrder } from '../door.ts';
import { doorStatuses } from '../door-statuses.ts';
import { hailuoBase36Id } from '../id-forms.ts';
import { marketImage } from '../market/offers.ts';
import {
  toCallbackBody,
  toCreated,
  toDownloadUrl,
  toErrorBody,
  toRecord,
  toShownTask,
} from './door-answers.ts';
import { modelOf } from './offers.ts';
import {
  checkOrder,
  type DoorRequestBody,
  doorRequestSchema,
  downloadUrlRequestSchema,
  type NativeModel,
} from './wire.ts';

/** The dialect of KIE's document: numbers for states, errors of its own, a callback without an envelope. */
export const door: Door = {
  provider: 'kie',
  ids: hailuoBase36Id,
  imageLimits: marketImage,
  routes: [
    {
      kind: 'order',
      method: 'POST',
      path: '/api/v1/hailuo/generate',
      schema: () => doorRequestSchema.superRefine(checkOrder).transform(toDoorOrder),
      answer: toCreated,
    },
    {
      kind: 'look',
      method: 'GET',
      path: '/api/v1/hailuo/record-info',
      id: ({ parameters }) => parameters['taskId'],
      answer: (view) => toRecord(toShownTask(view)),
    },
    {
      kind: 'link',
      method: 'POST',
      path: '/api/v1/common/download-url',
      schema: downloadUrlRequestSchema,
      answer: toDownloadUrl,
    },
  ],
  errorAnswer: toErrorAnswer,
  callbackMessage: (view) => ({ headers: {}, body: toCallbackBody(toShownTask(view)) }),
};

const badParameters = 1004;

/** Of the document, and HTTP's where that has no number; whatever is not here is about the parameters. */
const codes: Readonly<Partial<Record<DoorError['kind'], number>>> = {
  prompt: 1001,
  image: 1002,
  no_budget: 1003,
  rate_limited: 1005,
  unauthorized: 401,
  unavailable: 503,
  internal: 500,
};

/** The messages of the document. */
const titles: Readonly<Record<number, string>> = {
  1001: 'Invalid prompt',
  1002: 'Invalid image',
  1003: 'Insufficient credits',
  1004: 'Invalid parameters',
  1005: 'Rate limit exceeded',
};

function toErrorAnswer({ kind, message }: DoorError): DoorAnswer {
  const code = codes[kind] ?? badParameters;
  const title = titles[code];
  return {
    status: doorStatuses[kind],
    body: toErrorBody(code, title === undefined ? message : `${title}: ${message}`),
  };
}

/** The document names none; without one the cheapest video of any model would be bought. */
const defaultModel: NativeModel = 'hailuo-2-3';

/** The document has a ratio for any order, and a video from an image follows its image. */
function ratioIgnored(aspectRatio: string) {
  const message = `aspectRatio ${aspectRatio} changes nothing beside imageUrl: the video has the shape of its image`;
  return { code: 'aspect_ratio_ignored', message } as const;
}

function toDoorOrder(order: DoorRequestBody): DoorOrder {
  const { model, resolution, callBackUrl, imageUrl, aspectRatio } = order;
  const isIgnored = imageUrl !== undefined && aspectRatio !== undefined;
  return {
    fields: {
      model: modelOf(model ?? defaultModel),
      prompt: order.prompt,
      first_frame_image: imageUrl,
      seconds: order.duration,
      resolution,
      aspect_ratio: isIgnored ? undefined : aspectRatio,
      seed: order.seed,
    },
    names: {
      first_frame_image: 'imageUrl',
      seconds: 'duration',
      aspect_ratio: 'aspectRatio',
      'webhook.url': 'callBackUrl',
    },
    callback: callBackUrl === undefined ? undefined : { url: callBackUrl },
    warnings: isIgnored ? [ratioIgnored(aspectRatio)] : undefined,
    echo: { ...(resolution !== undefined && { resolution }) },
  };
}
