import type { Door, DoorOrder, DoorRequest } from '../door.ts';
import { doorStatuses } from '../door-statuses.ts';
import { taskNumberId } from '../id-forms.ts';
import { toCreated, toEnvelope, toErrorBody, toStatus } from './door-answers.ts';
import { imageLimits, modelOf } from './offers.ts';
import {
  type CreateRequest,
  checkOrder,
  createRequestSchema,
  isTimed,
  type NativeModel,
  nativeModels,
  videoSeconds,
} from './wire.ts';

/** Apixo: the model is in the path, results are JSON within JSON, and callbacks repeat the status answer. */
export const door: Door = {
  provider: 'apixo',
  ids: taskNumberId,
  // What the page of the models says; another page says half of it, which we keep to when we buy there.
  imageLimits: { ...imageLimits, maxBytes: 20 * 1024 * 1024 },
  routes: [
    {
      kind: 'order',
      method: 'POST',
      path: '/api/v1/generateTask/{model}',
      schema(request) {
        const model = findModel(request);
        return model && orderSchema(model);
      },
      answer: toCreated,
    },
    {
      kind: 'look',
      method: 'GET',
      path: '/api/v1/statusTask/{model}',
      isServed: (request) => findModel(request) !== undefined,
      id: ({ parameters }) => parameters['taskId'],
      answer: toStatus,
    },
    {
      kind: 'balance',
      method: 'GET',
      path: '/api/v1/apikeys/current-balance',
      answer: (leftMicroUsd) => toEnvelope(leftMicroUsd / 1_000_000),
    },
  ],
  errorAnswer({ kind, message }) {
    const status = doorStatuses[kind];
    return { status, body: toErrorBody(status, message) };
  },
  callbackMessage: (view) => ({ headers: {}, body: toStatus(view) }),
};

function findModel({ parameters }: DoorRequest): NativeModel | undefined {
  return nativeModels.find((model) => model === parameters['model']);
}

function orderSchema(model: NativeModel) {
  return createRequestSchema
    .superRefine((order, context) => checkOrder(order, model, context))
    .transform((order) => toDoorOrder(order, model));
}

/** With `async` nobody is called back, whatever URL is given. How Apixo itself would buy, its `provider`, chooses nobody here. */
function toDoorOrder({ request_type, callback_url, input }: CreateRequest, model: NativeModel): DoorOrder {
  const isStandard = isTimed(input.mode);
  return {
    fields: {
      model: modelOf(model),
      prompt: input.prompt,
      first_frame_image: input.image_urls?.[0],
      seconds: isStandard ? input.duration : videoSeconds[0],
      resolution: isStandard ? '768P' : '1080P',
    },
    names: {
      prompt: 'input.prompt',
      first_frame_image: 'input.image_urls',
      seconds: 'input.duration',
      resolution: 'input.mode',
      'webhook.url': 'callback_url',
    },
    callback: request_type === 'async' || callback_url === undefined ? undefined : { url: callback_url },
    // No answer of this API shows an order.
    echo: null,
  };
}
