import { toOptionalSeconds, toUnixSeconds } from '../clock.ts';
import type { Video } from '../contract/video.ts';
import type { Offer } from '../domain/offer.ts';
import { isTerminal, type Task, type TaskState, taskStates } from '../domain/task.ts';
import { toOptionalVideoId, toVideoId } from '../ids.ts';
import type { TaskView } from '../storage/task-store.ts';
import { cameraWarnings } from './camera-warnings.ts';
import { type GatewayContext, toGatewayObject } from './gateway-object.ts';
import { progressPercent } from './video-progress.ts';
import { videoSize } from './video-size.ts';

interface VideoContext extends GatewayContext {
  /** How long the task's offer usually takes, where that is known. */
  readonly typicalSeconds?: number | undefined;
  /** The offer that the task buys; absent where it is not known, and not sold any more. */
  readonly offer?: Offer | undefined;
}

/** OpenAI's four words. */
export const videoStatuses = ['queued', 'in_progress', 'completed', 'failed'] as const;
type VideoStatus = (typeof videoStatuses)[number];

const statuses = {
  accepted: 'queued',
  submitting: 'queued',
  processing: 'in_progress',
  archiving: 'in_progress',
  completed: 'completed',
  failed: 'failed',
  canceled: 'failed',
} as const satisfies Record<TaskState, VideoStatus>;

export function toVideoStatus(state: TaskState): VideoStatus {
  return statuses[state];
}

/** The states that are shown as `status`. */
export function statesOf(status: VideoStatus): TaskState[] {
  return taskStates.filter((state) => statuses[state] === status);
}

/** The public form of a task: OpenAI's video object and one `gateway` object of our own. */
export function toVideoObject({ task, request }: TaskView, context: VideoContext): Video {
  return {
    id: toVideoId(task.id),
    object: 'video',
    model: task.model,
    status: statuses[task.state],
    progress: progressPercent(task, context.now, context.typicalSeconds),
    created_at: toUnixSeconds(task.createdAt),
    completed_at: toOptionalSeconds(task.completedAt),
    expires_at: toOptionalSeconds(task.expiresAt),
    seconds: secondsOf(task),
    size: videoSize(task, request),
    prompt: request.prompt ?? null,
    remixed_from_video_id: toOptionalVideoId(task.remixOf),
    error: toError(task),
    metadata: request.metadata ?? {},
    gateway: {
      ...toGatewayObject(task, context),
      warnings: [
        ...(request.door?.warnings ?? []),
        ...(context.offer === undefined ? [] : cameraWarnings(request.prompt ?? '', context.offer)),
      ],
    },
  };
}

/** As text, as in orders. What is made from a video is as long as that allows: known once it is measured. */
function secondsOf({ state, seconds, result }: Task): string {
  const measured = state === 'completed' ? result?.durationSeconds : undefined;
  return `${seconds ?? (measured === undefined ? '' : Math.round(measured))}`;
}

function toError({ state, failure }: Task) {
  // A failure is decided before the task is settled; until then the task is not over.
  if (!isTerminal(state) || failure === undefined) return null;
  return { code: failure.code, message: failure.message };
}
