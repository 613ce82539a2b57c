import type { DoorStatus, DoorView } from '../door.ts';
import type { HaiperTask } from './contract.ts';

export const statusWords = {
  queued: 'PENDING',
  running: 'IN_PROGRESS',
  succeeded: 'SUCCESS',
  failed: 'FAIL',
} as const satisfies Record<DoorStatus, string>;

export function toCreated({ id }: DoorView) {
  return { taskId: id };
}

/** `expireTime` is in milliseconds, 0 without a video; `progress` is of 1. */
export function toTask({ status, video, progress, failure }: DoorView): HaiperTask {
  return {
    status: statusWords[status],
    mediaUrl: video?.url ?? '',
    expireTime: video === undefined ? 0 : new Date(video.expiresAt).getTime(),
    progress: progress / 100,
    // The document has no field for the reason of a failure: this one is ours.
    ...(status === 'failed' && { message: failure?.message ?? 'the task failed' }),
  };
}
