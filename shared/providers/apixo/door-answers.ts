import type { FailureCode } from '../../domain/job-progress.ts';
import type { DoorStatus, DoorView } from '../door.ts';

/** Every answer that is no error; a failed task has the code 200 too. */
export function toEnvelope(data: unknown) {
  return { code: 200, message: 'success', data };
}

/** The code is the HTTP status. */
export function toErrorBody(code: number, message: string) {
  return { code, message, data: null };
}

export function toCreated({ id }: DoorView) {
  return toEnvelope({ taskId: id });
}

export const stateWords = {
  queued: 'pending',
  running: 'processing',
  succeeded: 'success',
  failed: 'failed',
} as const satisfies Record<DoorStatus, string>;

/** Why a task failed: one of an open set of codes, and words. */
export interface TaskFailure {
  readonly failCode: string;
  readonly failMsg: string;
}

/** What a status shows. Times are ISO 8601 in UTC. */
interface ShownTask {
  readonly taskId: string;
  readonly state: string;
  readonly createdAt: string;
  /** Present once it has succeeded. */
  readonly result?: { readonly completedAt: string; readonly videoUrl?: string | undefined } | undefined;
  readonly failure?: TaskFailure | undefined;
}

/** The body of a status answer and of a callback. As in the document, a failed task has no times. */
export function toStatusBody({ taskId, state, createdAt, result, failure }: ShownTask) {
  if (failure !== undefined) return toEnvelope({ taskId, state, ...failure });
  const createTime = Date.parse(createdAt);
  if (result === undefined) return toEnvelope({ taskId, state, createTime });
  const completeTime = Date.parse(result.completedAt);
  const resultUrls = result.videoUrl === undefined ? [] : [result.videoUrl];
  return toEnvelope({
    taskId,
    state,
    resultJson: JSON.stringify({ resultUrls }),
    createTime,
    completeTime,
    costTime: completeTime - createTime,
  });
}

export function toStatus({ id, status, acceptedAt, endedAt = acceptedAt, video, failure }: DoorView) {
  return toStatusBody({
    taskId: id,
    state: stateWords[status],
    createdAt: acceptedAt,
    result: status === 'succeeded' ? { completedAt: endedAt, videoUrl: video?.url } : undefined,
    failure: status === 'failed' ? toFailure(failure) : undefined,
  });
}

const unknownFailure = 'GENERATION_FAILED';
const endedByUs = 'PROCESSING_TIMEOUT';
const soldOut = 'MODEL_UNAVAILABLE';
const badImage = 'INVALID_IMAGE_URL';

const failCodes: Readonly<Partial<Record<FailureCode, string>>> = {
  bad_image: badImage,
  face_not_found: badImage,
  content_rejected: 'CONTENT_VIOLATION',
  provider_auth: soldOut,
  provider_balance: soldOut,
  provider_rate_limited: soldOut,
  provider_unavailable: soldOut,
  provider_unreachable: soldOut,
  budget_exceeded: 'INSUFFICIENT_CREDITS',
  deadline_exceeded: endedByUs,
  canceled: endedByUs,
};

function toFailure(failure: DoorView['failure']): TaskFailure {
  if (failure === undefined) return { failCode: unknownFailure, failMsg: 'The task failed' };
  return { failCode: failCodes[failure.code] ?? unknownFailure, failMsg: failure.message };
}
