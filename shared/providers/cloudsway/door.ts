import { cameraMovesConfig, type Environment, readConfig } from '../../config.ts';
import { promptFrom } from '../../domain/camera-moves.ts';
import type { Door, DoorOrder, DoorRequest, DoorRoute } from '../door.ts';
import { decimalId } from '../id-forms.ts';
import { toErrorAnswer } from '../maas/door-answers.ts';
import { endpointPlaces } from '../maas/endpoint-path.ts';
import { parseSettings } from '../provider.ts';
import { toCreated, toFile, toTask } from './door-answers.ts';
import { checkOrder, type OrderBody, orderBodySchema } from './door-request.ts';
import { endpointPathsSetting } from './index.ts';
import { imageLimits, modelOf } from './offers.ts';
import { type EndpointKey, endpointKeys, isDirector } from './wire.ts';

/** Cloudsway Hailuo: the model is in the path, the result comes in two steps, and nobody calls back. */
export function createDoor(variables: Environment): Door {
  const settings = parseSettings('cloudsway', { endpointPaths: endpointPathsSetting }, variables);
  const { CONCH_CAMERA_MOVES } = readConfig(cameraMovesConfig, variables);
  const paths = settings.endpointPaths ?? {};
  const context: DoorContext = {
    keysAt: (path) => endpointKeys.filter((key) => path === key || path === paths[key]),
    readsCamera: CONCH_CAMERA_MOVES === 'translate',
  };
  const places = endpointPlaces(Object.values(paths));
  return {
    provider: 'cloudsway',
    ids: decimalId,
    imageLimits,
    routes: places.flatMap((place) => routesAt(place, context)),
    errorAnswer: toErrorAnswer,
  };
}

interface DoorContext {
  /** The models that an endpoint path stands for; none for one that nobody has. */
  keysAt(path: string | undefined): readonly EndpointKey[];
  /** Whether prompts are put into our words for camera moves. */
  readonly readsCamera: boolean;
}

type Place = ReturnType<typeof endpointPlaces>[number];

function routesAt({ prefix, endpointPathOf }: Place, context: DoorContext): DoorRoute[] {
  const keysOf = (request: DoorRequest) => context.keysAt(endpointPathOf(request));
  const look = {
    kind: 'look',
    method: 'GET',
    isServed: (request: DoorRequest) => keysOf(request).length > 0,
    id: ({ parameters }: DoorRequest) => parameters['taskId'] ?? parameters['task_id'],
  } as const;
  return [
    {
      kind: 'order',
      method: 'POST',
      path: `${prefix}/hailuo/video/generate`,
      schema(request) {
        const [first, ...others] = keysOf(request);
        return first && orderSchema([first, ...others], context.readsCamera);
      },
      answer: toCreated,
    },
    { ...look, path: `${prefix}/hailuo/video/task/{taskId}`, answer: toTask },
    { ...look, path: `${prefix}/hailuo/video/file`, answer: toFile },
  ];
}

type EndpointKeys = readonly [EndpointKey, ...EndpointKey[]];

function orderSchema(keys: EndpointKeys, readsCamera: boolean) {
  return orderBodySchema
    .superRefine((order, context) => checkOrder(order, chooseKey(keys, order), context))
    .transform((order) => toDoorOrder(order, chooseKey(keys, order), readsCamera));
}

/** Where one path was bought for several models, the first that makes videos from what is given. */
function chooseKey(keys: EndpointKeys, { subject, firstFrameImage }: OrderBody): EndpointKey {
  const fromImage = firstFrameImage === undefined ? 't2v' : 'i2v';
  const start = subject === undefined ? fromImage : 's2v';
  return keys.find((key) => key.startsWith(start)) ?? keys[0];
}

/** A path names a model; what it makes the video from follows from the images, as in our own API. */
function toDoorOrder(order: OrderBody, key: EndpointKey, readsCamera: boolean): DoorOrder {
  const { prompt, promptOptimizer, firstFrameImage, subject } = order;
  const hasOwnMoves = readsCamera && isDirector(key) && prompt !== undefined;
  return {
    fields: {
      model: modelOf(key),
      prompt: hasOwnMoves ? promptFrom('lateral', prompt) : prompt,
      prompt_optimizer: promptOptimizer?.value,
      first_frame_image: firstFrameImage?.value,
      subject_image: subject?.value.image,
    },
    names: {
      prompt_optimizer: promptOptimizer?.name ?? 'promptOptimizer',
      first_frame_image: firstFrameImage?.name ?? 'firstFrameImage',
      subject_image: subject?.name ?? 'subjectReference',
    },
    // No answer of this API shows an order.
    echo: null,
  };
}
