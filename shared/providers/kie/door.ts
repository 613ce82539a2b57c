import type { Environment } from '../../config.ts';
import type { Door, DoorAnswer, DoorError, DoorOrder } from '../door.ts';
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

interface Refusal {
  readonly status: number;
  /** The HTTP status where the document has no number. */
  readonly code: number;
}

const badParameters = 1004;

const refusals: Readonly<Record<DoorError['kind'], Refusal>> = {
  malformed: { status: 400, code: badParameters },
  prompt: { status: 400, code: 1001 },
  image: { status: 400, code: 1002 },
  parameter: { status: 400, code: badParameters },
  unauthorized: { status: 401, code: 401 },
  no_budget: { status: 402, code: 1003 },
  not_found: { status: 404, code: badParameters },
  wrong_method: { status: 405, code: badParameters },
  conflict: { status: 409, code: badParameters },
  too_large: { status: 413, code: badParameters },
  rate_limited: { status: 429, code: 1005 },
  unavailable: { status: 503, code: 503 },
  internal: { status: 500, code: 500 },
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
  const { status, code } = refusals[kind];
  const title = titles[code];
  return { status, body: toErrorBody(code, title === undefined ? message : `${title}: ${message}`) };
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
