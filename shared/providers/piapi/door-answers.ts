import { type DoorSource, type DoorStatus, type DoorView, isEnded } from '../door.ts';
import type { PiapiAccount, PiapiTask } from './contract.ts';
import { type DoorRequestBody, doorRequestSchema, isTimed, nativeModels } from './wire.ts';

export function toEnvelope(view: DoorView) {
  return { code: 200, message: 'success', data: toTask(view) };
}

const statusWords = {
  queued: 'pending',
  running: 'processing',
  succeeded: 'completed',
  failed: 'failed',
} as const satisfies Record<DoorStatus, string>;

/** The task as create, query and webhook show it: PiAPI echoes the webhook's secret in `config`. */
export function toTask(view: DoorView): PiapiTask {
  const { status, failure, callback } = view;
  const input = doorRequestSchema.safeParse(view.echo).data?.input ?? toInput(view.source);
  const isOver = isEnded(status);
  return {
    task_id: view.id,
    model: 'hailuo',
    task_type: 'video_generation',
    status: statusWords[status],
    config: {
      service_mode: 'public',
      webhook_config: { endpoint: callback?.url ?? '', secret: callback?.secret ?? '' },
    },
    input,
    output: status === 'failed' ? null : toOutput(view, input.model),
    meta: toMeta(view, isOver),
    detail: null,
    logs: isOver ? [] : null,
    error: {
      code: failure === undefined ? 0 : 10000,
      raw_message: failure?.message ?? '',
      message: failure === undefined ? '' : 'task failed',
      detail: null,
    },
  };
}

interface ShownInput extends Omit<DoorRequestBody['input'], 'model'> {
  readonly model: string;
}

/** An order that came another way, as it would have been written here. */
function toInput({ provider, nativeModel, model, seconds, resolution, ...source }: DoorSource): ShownInput {
  return {
    model: provider === 'piapi' ? nativeModel : model,
    prompt: source.prompt,
    image_url: source.imageUrl,
    expand_prompt: source.promptOptimizer,
    duration: seconds,
    resolution: resolution === undefined ? undefined : Number.parseInt(resolution, 10),
  };
}

/** The newer models answer shortly, the document's at length. */
function toOutput(view: DoorView, model: string) {
  const isShort = nativeModels.some((native) => native === model && isTimed(native));
  if (!isShort) return toLongOutput(view);
  return view.video === undefined ? null : { video: view.video.url };
}

function toLongOutput({ status, video, progress }: DoorView): PiapiTask['output'] {
  const isDone = status === 'succeeded';
  return {
    percent: progress,
    cover_url: '',
    video_url: video?.url ?? '',
    download_url: video?.url ?? '',
    desc: '',
    prompt_img_url: '',
    status: isDone ? 2 : 0,
    user_origin_prompt: isDone,
    width: video?.width ?? 0,
    height: video?.height ?? 0,
    model_id: isDone ? '23001' : '',
    message: '',
  };
}

/** How this API writes that something has not happened yet. */
const never = '0001-01-01T00:00:00Z';
const microUsdPerPoint = 0.1;

function toMeta(
  { acceptedAt, startedAt, endedAt, priceMicroUsd, chargeMicroUsd }: DoorView,
  isOver: boolean,
): PiapiTask['meta'] {
  return {
    created_at: toNanoseconds(acceptedAt),
    started_at: toNanoseconds(startedAt),
    ended_at: toNanoseconds(endedAt),
    usage: {
      type: 'point',
      frozen: isOver ? 0 : toPoints(priceMicroUsd),
      consume: toPoints(chargeMicroUsd ?? 0),
    },
    is_using_private_pool: false,
  };
}

/** Ten million points are a dollar. */
function toPoints(microUsd: number): number {
  return Math.round(microUsd / microUsdPerPoint);
}

function toNanoseconds(at: string | undefined): string {
  return at?.replace('Z', '000000Z') ?? never;
}

export function toAccount(leftMicroUsd: number): PiapiAccount {
  return {
    is_enable: true,
    equivalent_in_usd: leftMicroUsd / 1_000_000,
    wallet: { point_remain: toPoints(leftMicroUsd) },
  };
}
