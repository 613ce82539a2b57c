import type * as z from 'zod';
import type { Environment } from '../../config.ts';
import type { Door, DoorOrder, DoorRequest, DoorRoute } from '../door.ts';
import { decimalId } from '../id-forms.ts';
import { toErrorAnswer } from '../maas/door-answers.ts';
import { endpointPathSchema, endpointPlaces } from '../maas/endpoint-path.ts';
import { parseSettings } from '../provider.ts';
import { isWebUrl } from '../web-url.ts';
import { toCreated, toTask } from './door-answers.ts';
import {
  type ExtendRequest,
  extendRequestSchema,
  type GenerateRequest,
  generateOrderSchema,
  type UpscaleRequest,
  upscaleRequestSchema,
} from './wire.ts';

/** What an endpoint path is called where the operator's is not known. */
const key = 'haiper';

/** Haiper on Cloudsway: three things to order under one endpoint path, one way to look, no callback. */
export function createDoor(variables: Environment): Door {
  const { endpointPath = key } = parseSettings(
    'haiper',
    { endpointPath: endpointPathSchema.optional() },
    variables,
  );
  const places = endpointPlaces([endpointPath]);
  return {
    provider: 'haiper',
    ids: decimalId,
    routes: places.flatMap((place) => routesAt(place, [key, endpointPath])),
    errorAnswer: toErrorAnswer,
  };
}

const actions = {
  generate: generateOrderSchema.transform(toGenerateOrder),
  upscale: upscaleRequestSchema.superRefine(checkSource).transform(toUpscaleOrder),
  extend: extendRequestSchema.superRefine(checkSource).transform(toExtendOrder),
};

type Place = ReturnType<typeof endpointPlaces>[number];

function routesAt({ prefix, endpointPathOf }: Place, paths: readonly string[]): DoorRoute[] {
  const isServed = (request: DoorRequest) => paths.some((path) => path === endpointPathOf(request));
  const orders = Object.entries(actions).map(
    ([action, schema]): DoorRoute => ({
      kind: 'order',
      method: 'POST',
      path: `${prefix}/video/${action}`,
      schema: (request) => (isServed(request) ? schema : undefined),
      answer: toCreated,
    }),
  );
  return [
    ...orders,
    {
      kind: 'look',
      method: 'GET',
      path: `${prefix}/video/tasks/{taskId}`,
      isServed,
      id: ({ parameters }) => parameters['taskId'],
      answer: toTask,
    },
  ];
}

/** Beside the URLs of the document, the ids of tasks are taken: their videos need no link. */
function checkSource({ config }: UpscaleRequest, context: z.RefinementCtx): void {
  if (isWebUrl(config.sourceVideo) || isIdLike(config.sourceVideo)) return;
  const message = 'config.sourceVideo must be an http or https URL, or the id of a task';
  context.addIssue({ code: 'custom', path: ['config', 'sourceVideo'], message });
}

function isIdLike(text: string): boolean {
  return /^[\w-]{1,64}$/.test(text);
}

const names = {
  negative_prompt: 'negativePrompt',
  seconds: 'settings.duration',
  extend_seconds: 'config.extendDuration',
  aspect_ratio: 'settings.aspectRatio',
  seed: 'settings.seed',
  guidance_scale: 'settings.guidanceScale',
  first_frame_image: 'config.sourceImage',
  source_video: 'config.sourceVideo',
};

/** No answer of this API shows an order. */
const common = { names, echo: null };

function toGenerateOrder({ prompt, negativePrompt, config, settings }: GenerateRequest): DoorOrder {
  return {
    ...common,
    fields: {
      model: 'haiper',
      prompt,
      negative_prompt: negativePrompt,
      first_frame_image: config?.sourceImage,
      seconds: settings?.duration,
      aspect_ratio: settings?.aspectRatio,
      seed: settings?.seed,
    },
  };
}

function toUpscaleOrder({ config }: UpscaleRequest): DoorOrder {
  return { ...common, ...fromSource(config.sourceVideo, { operation: 'upscale' }) };
}

function toExtendOrder({ prompt, negativePrompt, config, settings }: ExtendRequest): DoorOrder {
  const fields = {
    operation: 'extend',
    prompt,
    negative_prompt: negativePrompt,
    extend_seconds: config.extendDuration,
    seed: settings?.seed,
  };
  return {
    ...common,
    ...fromSource(config.sourceVideo, fields),
    guidanceScale: settings?.guidanceScale,
  };
}

function fromSource(
  sourceVideo: string,
  fields: DoorOrder['fields'],
): Pick<DoorOrder, 'fields' | 'sourceTaskId'> {
  const order = { model: 'haiper', ...fields };
  return isWebUrl(sourceVideo)
    ? { fields: { ...order, source_video: sourceVideo } }
    : { fields: order, sourceTaskId: sourceVideo };
}
