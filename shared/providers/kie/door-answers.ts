import type { FailureCode } from '../../domain/job-progress.ts';
import type { Resolution } from '../../domain/video-request.ts';
import { type DoorStatus, type DoorView, isEnded } from '../door.ts';
import { doorEchoSchema } from './wire.ts';

export function toEnvelope(data: object) {
  return { code: 0, message: 'success', data };
}

/** Of the host's common routes, which have an envelope of their own. */
export function toDownloadUrl(url: string) {
  return { code: 200, msg: 'success', data: url };
}

export function toErrorBody(code: number, message: string) {
  return { code, message, data: null };
}

/** One number stands for a task that waits and for one that runs. */
export const statusNumbers = {
  queued: 0,
  running: 0,
  succeeded: 1,
  failed: 2,
} as const satisfies Record<DoorStatus, number>;

/** Why a task failed; the document shows none, so both fields are a guess. */
export interface TaskFailure {
  readonly errorCode?: number | undefined;
  readonly errorMessage: string;
}

/** A task to be shown. Times are ISO 8601 in UTC. */
export interface ShownTask {
  readonly taskId: string;
  readonly status: string | number;
  readonly createdAt: string;
  /** Present once it has ended. */
  readonly completedAt?: string | undefined;
  /** Present once it has succeeded. */
  readonly result?: ShownResult | undefined;
  readonly failure?: TaskFailure | undefined;
}

interface ShownResult {
  readonly videoUrl: string | undefined;
  readonly duration: number | undefined;
  /** As the client spelled it. */
  readonly resolution: string | undefined;
}

export function toRecord({ taskId, status, createdAt, completedAt, result, failure }: ShownTask) {
  return toEnvelope({
    taskId,
    status,
    ...result,
    createdAt: toWholeSeconds(createdAt),
    ...toEnd(completedAt),
    ...failure,
  });
}

/** The task without an envelope, and without what the document does not show here. */
export function toCallbackBody({ taskId, status, completedAt, result, failure }: ShownTask) {
  const { resolution: _, ...shown } = result ?? {};
  return { taskId, status, ...shown, ...toEnd(completedAt), ...failure };
}

function toEnd(completedAt: string | undefined) {
  return completedAt === undefined ? {} : { completedAt: toWholeSeconds(completedAt) };
}

function toWholeSeconds(at: string): string {
  return at.replace(/\.\d+Z$/, 'Z');
}

/** A repeated order may have ended meanwhile. */
export function toCreated({ id, status }: DoorView) {
  return toEnvelope({ taskId: id, status: statusNumbers[status] });
}

export function toShownTask(view: DoorView): ShownTask {
  const { id, status, acceptedAt, endedAt = acceptedAt, failure } = view;
  const isOver = isEnded(status);
  return {
    taskId: id,
    status: statusNumbers[status],
    createdAt: acceptedAt,
    ...(isOver && { completedAt: endedAt }),
    ...(status === 'succeeded' && { result: toResult(view) }),
    ...(status === 'failed' && { failure: toFailure(failure) }),
  };
}

/** How this API writes what may have been ordered elsewhere. */
const resolutionWords: Readonly<Record<Resolution, string>> = {
  '512P': '512p',
  '720P': '720p',
  '768P': '720p',
  '1080P': '1080p',
};

function toResult({ video, source, echo }: DoorView): ShownResult {
  const { seconds, resolution } = source;
  const asked = doorEchoSchema.safeParse(echo).data?.resolution;
  return {
    videoUrl: video?.url,
    duration: seconds,
    resolution: asked ?? (resolution && resolutionWords[resolution]),
  };
}

/** The document's numbers; the rest has none. */
const errorCodes: Readonly<Partial<Record<FailureCode, number>>> = {
  content_rejected: 1001,
  bad_image: 1002,
  face_not_found: 1002,
  budget_exceeded: 1003,
  invalid_request: 1004,
};

function toFailure(failure: DoorView['failure']): TaskFailure {
  if (failure === undefined) return { errorMessage: 'The task failed' };
  return { errorCode: errorCodes[failure.code], errorMessage: failure.message };
}
