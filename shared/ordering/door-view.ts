import { isExpired } from '../domain/retention.ts';
import { currentAttempt, type Task, type TaskState } from '../domain/task.ts';
import { type ImageSource, operationOf, type VideoRequest } from '../domain/video-request.ts';
import {
  type Door,
  type DoorSource,
  type DoorStatus,
  type DoorVideo,
  type DoorView,
  dialectOf,
} from '../providers/door.ts';
import type { TaskView } from '../storage/task-store.ts';
import { videoLink } from './gateway-object.ts';
import { progressPercent } from './video-progress.ts';

const statuses = {
  accepted: 'queued',
  submitting: 'queued',
  processing: 'running',
  archiving: 'running',
  completed: 'succeeded',
  failed: 'failed',
  canceled: 'failed',
} as const satisfies Record<TaskState, DoorStatus>;

interface DoorContext {
  readonly publicUrl: string;
  readonly now: Date;
  readonly typicalSeconds?: number | undefined;
}

/** A task as `door` shows it, whichever way it was ordered. */
export function toDoorView(
  door: Pick<Door, 'provider' | 'dialect' | 'ids'>,
  { task, request }: TaskView,
  { publicUrl, now, typicalSeconds }: DoorContext,
): DoorView {
  const { door: made, webhook } = request;
  const isOwn = made !== undefined && dialectOf(made) === dialectOf(door);
  const lost = toLost(task, now);
  const status = lost === undefined ? statuses[task.state] : 'failed';
  return {
    id: door.ids.toText(task.id),
    status,
    ...(isOwn && { echo: made.echo }),
    source: toSource(task, request),
    acceptedAt: task.createdAt,
    startedAt: currentAttempt(task)?.outcomeAt,
    endedAt: task.completedAt,
    progress: progressPercent(task, now, typicalSeconds),
    video: status === 'succeeded' ? toVideo(task, publicUrl) : undefined,
    failure: status === 'failed' ? (lost ?? task.failure) : undefined,
    priceMicroUsd: task.holdMicroUsd,
    chargeMicroUsd: task.chargeMicroUsd,
    callback: webhook?.dialect === dialectOf(door) ? webhook : undefined,
  };
}

function toSource(task: Task, request: VideoRequest): DoorSource {
  const { firstFrameImage, lastFrameImage, subjectImage } = request;
  const image = firstFrameImage ?? lastFrameImage ?? subjectImage;
  const last = firstFrameImage === undefined ? undefined : lastFrameImage;
  return {
    operation: operationOf(request),
    model: task.model,
    nativeModel: task.nativeModel,
    provider: task.provider,
    prompt: request.prompt,
    negativePrompt: request.negativePrompt,
    seconds: task.seconds,
    resolution: task.resolution,
    aspectRatio: request.aspectRatio,
    seed: request.seed,
    promptOptimizer: request.promptOptimizer,
    imageUrl: toLink(image),
    lastImageUrl: toLink(last),
  };
}

function toLink(image: ImageSource | undefined): string | undefined {
  return image?.kind === 'url' ? image.url : undefined;
}

/**
 * Why a completed task has no video any more. No dialect has a word for that, and none has a success without a link: it
 * is shown as what was ended on request. Only an order that is repeated is shown so late; a look finds no task.
 */
function toLost(task: Task, now: Date): DoorView['failure'] {
  if (task.state !== 'completed') return undefined;
  if (task.deletedAt !== undefined) return { code: 'canceled', message: 'The video was deleted' };
  return isExpired(task, now) ? { code: 'canceled', message: 'The video has expired' } : undefined;
}

function toVideo(task: Task, publicUrl: string): DoorVideo | undefined {
  const { result, expiresAt } = task;
  if (result === undefined || expiresAt === undefined) return undefined;
  const { width, height, durationSeconds } = result;
  return { url: videoLink(task, publicUrl), expiresAt, width, height, seconds: durationSeconds };
}
