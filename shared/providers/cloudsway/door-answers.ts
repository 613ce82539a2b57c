import { createHash } from 'node:crypto';
import { toUnixSeconds } from '../../clock.ts';
import type { FailureCode } from '../../domain/job-progress.ts';
import type { DoorRequest, DoorStatus, DoorView } from '../door.ts';
import type { CloudswayFile, CloudswayTask } from './contract.ts';

const statusWords = {
  queued: 'Preparing',
  running: 'Processing',
  succeeded: 'Success',
  failed: 'Fail',
} as const satisfies Record<DoorStatus, string>;

export function toCreated({ id }: DoorView) {
  return { taskId: id };
}

/** The document's table is in camel case, its example in snake case: clients of either find their fields. */
export function toTask({ id, status, video, failure }: DoorView): CloudswayTask {
  const fileId = status === 'succeeded' ? fileIdOf(id) : '';
  const { width = 0, height = 0 } = video ?? {};
  return {
    taskId: id,
    task_id: id,
    status: statusWords[status],
    fileId,
    file_id: fileId,
    videoWidth: width,
    video_width: width,
    videoHeight: height,
    video_height: height,
    base_resp: status === 'failed' ? toOriginStatus(failure) : { status_code: 0, status_msg: 'success' },
  };
}

/** The codes of the models' maker, in which this API tells why a task failed. */
const originCodes: Readonly<Partial<Record<FailureCode, number>>> = {
  budget_exceeded: 1008,
  content_rejected: 1027,
  invalid_request: 2013,
  bad_image: 2013,
  face_not_found: 2013,
};
const unknownError = 1000;

function toOriginStatus(failure: DoorView['failure']) {
  if (failure === undefined) return { status_code: unknownError, status_msg: 'unknown error' };
  return { status_code: originCodes[failure.code] ?? unknownError, status_msg: failure.message };
}

/** Absent without a video, and for the file of another task. */
export function toFile(
  { id, status, video, endedAt, acceptedAt }: DoorView,
  { parameters }: DoorRequest,
): CloudswayFile | undefined {
  const fileId = fileIdOf(id);
  const asked = parameters['fileId'] ?? parameters['file_id'];
  if (status !== 'succeeded' || video === undefined || asked !== fileId) return undefined;
  return {
    taskId: id,
    fileId,
    createdAt: toUnixSeconds(endedAt ?? acceptedAt),
    filename: 'output.mp4',
    purpose: 'video_generation',
    mediaUrl: video.url,
    expireTime: toUnixSeconds(video.expiresAt),
  };
}

/** 15 digits, always the same for the same task. */
export function fileIdOf(taskId: string): string {
  const number = createHash('sha256').update(`file ${taskId}`).digest().readUIntBE(0, 6);
  return `2${String(number % 1e14).padStart(14, '0')}`;
}
