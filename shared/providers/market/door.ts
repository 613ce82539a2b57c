import * as z from 'zod';
import type { FailureCode } from '../../domain/job-progress.ts';
import {
  type Door,
  type DoorOrder,
  type DoorSource,
  type DoorStatus,
  type DoorView,
  isEnded,
} from '../door.ts';
import { doorStatuses } from '../door-statuses.ts';
import { creditsOf } from './credits.ts';
import { type ShownTask, toCallback, toCreated, toCredit, toErrorBody, toRecord } from './door-answers.ts';
import { type DoorRequestBody, doorRequestSchema, shapeOf } from './door-request.ts';
import { marketImage, productOf } from './offers.ts';
import { type MarketModel, marketModels } from './wire.ts';

interface MarketDoor extends Pick<Door, 'provider' | 'dialect' | 'ids'> {
  /** The models that can be ordered. */
  readonly nativeModels: readonly MarketModel[];
  readonly microUsdPerCredit: number;
}

/** The market dialect: one route to order, one to look, JSON within JSON, a callback in the shape of a look. */
export function createMarketDoor({ nativeModels, microUsdPerCredit, ...door }: MarketDoor): Door {
  const show = (view: DoorView) => toShownTask(view, microUsdPerCredit);
  return {
    ...door,
    imageLimits: marketImage,
    routes: [
      {
        kind: 'order',
        method: 'POST',
        path: '/api/v1/jobs/createTask',
        schema: () => doorRequestSchema(nativeModels).transform(toDoorOrder),
        answer: ({ id }) => toCreated(id),
      },
      {
        kind: 'look',
        method: 'GET',
        path: '/api/v1/jobs/recordInfo',
        id: ({ parameters }) => parameters['taskId'],
        answer: (view) => toRecord(show(view)),
      },
      {
        kind: 'balance',
        method: 'GET',
        path: '/api/v1/chat/credit',
        answer: (leftMicroUsd) => toCredit(creditsOf(leftMicroUsd, microUsdPerCredit)),
      },
    ],
    errorAnswer({ kind, message }) {
      const status = statuses[kind];
      return { status, body: toErrorBody(kind === 'unavailable' ? maintenance : status, message) };
    },
    callbackMessage: (view) => ({ headers: {}, body: toCallback(show(view)) }),
  };
}

/** Whatever is wrong with a request is 422. */
const statuses: typeof doorStatuses = {
  ...doorStatuses,
  malformed: 422,
  prompt: 422,
  image: 422,
  parameter: 422,
  conflict: 422,
  too_large: 422,
};

/** Of maintenance, as a code in the body alone: clients that read HTTP do not know it as a status. */
const maintenance = 455;

/** Defaults are said: those of another provider that serves the order are not the dialect's. */
function toDoorOrder({ model, callBackUrl, input }: DoorRequestBody): DoorOrder {
  const { prompt, image_url, end_image_url, prompt_optimizer } = input;
  return {
    nativeModel: model,
    fields: {
      model: productOf(model).model,
      prompt,
      first_frame_image: image_url,
      last_frame_image: end_image_url,
      prompt_optimizer,
      ...shapeOf({ model, input }),
    },
    names: {
      prompt: 'input.prompt',
      first_frame_image: 'input.image_url',
      last_frame_image: 'input.end_image_url',
      prompt_optimizer: 'input.prompt_optimizer',
      seconds: 'input.duration',
      resolution: 'input.resolution',
      'webhook.url': 'callBackUrl',
    },
    callback: callBackUrl === undefined ? undefined : { url: callBackUrl },
    // The prompt is kept with the order as it is.
    echo: { model, callBackUrl, input: { ...input, prompt: undefined } },
  };
}

const echoSchema = z.looseObject({ model: z.string(), input: z.looseObject({}) });

const stateWords = {
  queued: 'waiting',
  running: 'generating',
  succeeded: 'success',
  failed: 'fail',
} as const satisfies Record<DoorStatus, string>;

function toShownTask(view: DoorView, microUsdPerCredit: number): ShownTask {
  const { id, status, acceptedAt, startedAt, endedAt, chargeMicroUsd, video } = view;
  const order = toShownOrder(view);
  const isOver = isEnded(status);
  return {
    taskId: id,
    model: order.model,
    state: stateWords[status],
    order,
    videoUrl: video?.url,
    failure: status === 'failed' ? toFailure(view.failure) : undefined,
    createTime: Date.parse(acceptedAt),
    updateTime: Date.parse(endedAt ?? startedAt ?? acceptedAt),
    completeTime: isOver && endedAt !== undefined ? Date.parse(endedAt) : undefined,
    creditsConsumed:
      isOver && chargeMicroUsd !== undefined ? creditsOf(chargeMicroUsd, microUsdPerCredit) : undefined,
  };
}

function toShownOrder({ echo, source }: DoorView) {
  const own = echoSchema.safeParse(echo).data;
  if (own === undefined) return toOrder(source);
  return { ...own, input: { prompt: source.prompt, ...own.input } };
}

/** An order that came another way, as it would have been written here. */
function toOrder({ model, nativeModel, seconds, ...source }: DoorSource) {
  return {
    model: marketModels.find((known) => known === nativeModel) ?? model,
    input: {
      prompt: source.prompt,
      image_url: source.imageUrl,
      end_image_url: source.lastImageUrl,
      duration: seconds === undefined ? undefined : `${seconds}`,
      resolution: source.resolution,
      prompt_optimizer: source.promptOptimizer,
    },
  };
}

/** What the order is to blame for is 422; a task that ran out of time or was canceled is as one that failed: 501. */
const failCodes: Readonly<Partial<Record<FailureCode, string>>> = {
  invalid_request: '422',
  bad_image: '422',
  face_not_found: '422',
  content_rejected: '422',
  budget_exceeded: '402',
  generation_failed: '501',
  deadline_exceeded: '501',
  canceled: '501',
};

function toFailure(failure: DoorView['failure']) {
  if (failure === undefined) return { failCode: '500', failMsg: 'Internal server error' };
  return { failCode: failCodes[failure.code] ?? '500', failMsg: failure.message };
}
