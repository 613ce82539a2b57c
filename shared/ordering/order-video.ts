import type { Clock } from '../clock.ts';
import type { Violation, ViolationCode } from '../domain/quote.ts';
import { isExpired } from '../domain/retention.ts';
import { quoted, shorten } from '../domain/shown-text.ts';
import type { VideoSource } from '../domain/video-request.ts';
import { fromVideoId } from '../ids.ts';
import { lookAtVideoBytes, lookAtVideoUrl, lookedAtBytes, type VideoLook } from '../media/look-at-video.ts';
import type { SafeFetch } from '../media/safe-fetch.ts';
import type { MediaStore } from '../storage/media-store.ts';
import type { TaskStore } from '../storage/task-store.ts';
import type { OrderDraft } from './order-draft.ts';
import { notFound, ownKey, type StoredInput } from './own-objects.ts';
import { isPlainHttp } from './plain-http.ts';

export interface VideoDependencies {
  readonly media: MediaStore;
  readonly safeFetch: SafeFetch;
  /** Origins that may be fetched from and sent to although they are private or plain http. */
  readonly trustedOrigins: readonly string[];
  readonly tasks: Pick<TaskStore, 'getTask'>;
  readonly clock: Clock;
}

type ProbedVideo =
  | { readonly kind: 'found'; readonly source: VideoSource }
  | { readonly kind: 'refused'; readonly violation: Violation };

const param = 'source_video';

/** Finds the video that an order starts from, if any, and makes sure that it is one. Stores nothing. */
export async function probeSourceVideo(
  { sourceVideo: input, takesHttp = false }: Pick<OrderDraft, 'sourceVideo' | 'takesHttp'>,
  account: string,
  dependencies: VideoDependencies,
): Promise<ProbedVideo | undefined> {
  switch (input?.kind) {
    case undefined:
      return undefined;
    case 'url':
      return probeVideoUrl(input.url, takesHttp, dependencies);
    case 'video':
      return probeOwnVideo(input.videoId, account, dependencies);
    case 'file':
    case 's3':
    case 'kept':
      return probeStored(input, account, dependencies);
  }
}

/** It stays where it is: a video has no limit of its size, and the provider that makes others of it takes http. */
async function probeVideoUrl(
  url: string,
  takesHttp: boolean,
  { safeFetch, trustedOrigins }: VideoDependencies,
): Promise<ProbedVideo> {
  const look = await lookAtVideoUrl(url, safeFetch, takesHttp);
  const origin = ` from ${shorten(URL.parse(url)?.host ?? '')}`;
  const isHttp = takesHttp && isPlainHttp(url, trustedOrigins);
  return toProbed(look, { kind: 'url', url, ...(isHttp && { takesHttp }) }, origin);
}

async function probeStored(
  input: StoredInput,
  account: string,
  { media }: VideoDependencies,
): Promise<ProbedVideo> {
  const owner = { account, media };
  const key = ownKey(input, owner);
  const bytes = key && (await media.getFirstBytes(key, lookedAtBytes));
  if (key === undefined || !(bytes instanceof Uint8Array)) {
    return { kind: 'refused', violation: notFound(param, input, owner) };
  }
  return toProbed(lookAtVideoBytes(bytes), { kind: 'stored', key });
}

/** Its file was verified when it was archived; only whether it is still there is open. */
async function probeOwnVideo(
  videoId: string,
  account: string,
  { media, tasks, clock }: VideoDependencies,
): Promise<ProbedVideo> {
  const taskId = fromVideoId(videoId);
  const task = taskId === undefined ? undefined : await tasks.getTask(taskId);
  if (task?.account !== account || task.deletedAt !== undefined)
    return refuse(`The video ${quoted(videoId)} does not exist`);
  const { state, result } = task;
  if (state !== 'completed' || result === undefined) {
    return refuse(`The video ${videoId} is ${state}; only a completed one has a file`);
  }
  const isThere = !isExpired(task, clock.now()) && (await media.headObject(result.key)) !== undefined;
  if (!isThere) return refuse(`The video ${videoId} is expired; its file was removed`);
  return { kind: 'found', source: { kind: 'stored', key: result.key } };
}

function refuse(message: string): ProbedVideo {
  return {
    kind: 'refused',
    violation: { param, code: 'file_not_found', message: `${param}: ${message}` },
  };
}

const lookCodes = {
  unreachable: 'video_unreachable',
  not_a_video: 'video_format',
} as const satisfies Record<Exclude<VideoLook['kind'], 'video'>, ViolationCode>;

/** A reason may name a host, which may be as long as its URL. */
const maxReasonLength = 300;

function toProbed(look: VideoLook, source: VideoSource, origin = ''): ProbedVideo {
  if (look.kind === 'video') return { kind: 'found', source };
  const message = `${param}${origin}: ${shorten(look.message, maxReasonLength)}`;
  return { kind: 'refused', violation: { param, code: lookCodes[look.kind], message } };
}
