import type { Environment } from '../../config.ts';
import type { Door, DoorAnswer, DoorError, DoorOrder } from '../door.ts';
import { doorStatuses } from '../door-statuses.ts';
import { hailuoBase36Id } from '../id-forms.ts';
import { creditsOf } from '../market/credits.ts';
import { marketImage } from '../market/offers.ts';
import { parseSettings } from '../provider.ts';
import {
  toCallbackBody,
  toCommonAnswer,
  toCreated,
  toErrorBody,
  toRecord,
  toShownTask,
} from './door-answers.ts';
import { usdPerCredit } from './index.ts';
import { modelOf } from './offers.ts';
import {
  checkOrder,
  type DoorRequestBody,
  doorRequestSchema,
  downloadUrlRequestSchema,
  type NativeModel,
} from './wire.ts';

/** The dialect of KIE's document: numbers for states, errors of its own, a callback without an envelope. */
export function createDoor(variables: Environment): Door {
  const { usdPerCredit: microUsdPerCredit } = parseSettings('kie', { usdPerCredit }, variables);
  return {
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
        kind: 'balance',
        method: 'GET',
        path: '/api/v1/chat/credit',
        answer: (leftMicroUsd) => toCommonAnswer(creditsOf(leftMicroUsd, microUsdPerCredit)),
      },
      {
        kind: 'link',
        method: 'POST',
        path: '/api/v1/common/download-url',
        schema: downloadUrlRequestSchema,
        answer: toCommonAnswer,
      },
    ],
    errorAnswer: toErrorAnswer,
    callbackMessage: (view) => ({ headers: {}, body: toCallbackBody(toShownTask(view)) }),
  };
}

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

function toDoorOrder(order: DoorRequestBody): DoorOrder {
  const { model, resolution, callBackUrl } = order;
  return {
    fields: {
      model: modelOf(model ?? defaultModel),
      prompt: order.prompt,
      first_frame_image: order.imageUrl,
      seconds: order.duration,
      resolution,
      aspect_ratio: order.aspectRatio,
      seed: order.seed,
    },
    names: {
      first_frame_image: 'imageUrl',
      seconds: 'duration',
      aspect_ratio: 'aspectRatio',
      'webhook.url': 'callBackUrl',
    },
    callback: callBackUrl === undefined ? undefined : { url: callBackUrl },
    echo: { ...(resolution !== undefined && { resolution }) },
  };
}
