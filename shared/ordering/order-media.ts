import type { Violation } from '../domain/quote.ts';
import type { ImageSource, VideoRequest, VideoSource } from '../domain/video-request.ts';
import { toVideoId } from '../ids.ts';
import { imageParams, type QuotableRequest } from '../routing/quotable-request.ts';
import { taskIdOfVideo } from '../storage/media-store.ts';
import type { OrderDraft, VideoInput } from './order-draft.ts';
import { type ImageDependencies, type ProbedImages, probeImages } from './order-images.ts';
import { probeSourceVideo, type VideoDependencies } from './order-video.ts';

export type OrderMediaDependencies = ImageDependencies & VideoDependencies;

/** The images and the video of an order, whose facts are known. */
interface ProbedMedia {
  readonly images: ProbedImages;
  readonly sourceVideo: VideoSource | undefined;
}

/** Looks at everything that an order is made from. Stores nothing: the order may still be refused. */
export async function probeMedia(
  draft: OrderDraft,
  account: string,
  dependencies: OrderMediaDependencies,
): Promise<{ readonly probed: ProbedMedia; readonly violations: readonly Violation[] }> {
  const [images, video] = await Promise.all([
    probeImages(draft, account, dependencies),
    probeSourceVideo(draft, account, dependencies),
  ]);
  return {
    probed: { images: images.probed, sourceVideo: video?.kind === 'found' ? video.source : undefined },
    violations: [...images.violations, ...(video?.kind === 'refused' ? [video.violation] : [])],
  };
}

/** An order as far as it is known before anybody looked at its images and its video. */
export function toQuotable({ fields, images, sourceVideo, imageParams }: OrderDraft): QuotableRequest {
  const given = Object.entries(images).flatMap(([role, input]) => (input ? [[role, {}]] : []));
  return { ...fields, ...Object.fromEntries(given), sourceVideo, imageParams };
}

/** An order in canonical form. */
export function toRequest({ fields }: OrderDraft, { images, sourceVideo }: ProbedMedia): VideoRequest {
  const sources = Object.entries(images).map(([role, { source }]) => [role, source]);
  return { ...fields, ...Object.fromEntries(sources), sourceVideo };
}

/**
 * The order of a stored request, to be placed once more: what it is made from is looked at again. It is not what a
 * client wrote through a provider's API, nor does whoever was to be told of the first video expect another one: a
 * webhook is its own.
 */
export function toDraft(
  { door: _, webhook: __, ...request }: VideoRequest,
  webhook: VideoRequest['webhook'],
): OrderDraft {
  const { firstFrameImage, lastFrameImage, subjectImage, sourceVideo, ...fields } = request;
  return {
    fields: { ...fields, webhook },
    images: {
      firstFrameImage: firstFrameImage && toInput(firstFrameImage),
      lastFrameImage: lastFrameImage && toInput(lastFrameImage),
      subjectImage: subjectImage && toInput(subjectImage),
    },
    sourceVideo: sourceVideo && toVideoInput(sourceVideo),
    // Its images were stored then; what it takes is its video's to say.
    takesHttp: sourceVideo?.kind === 'url' && sourceVideo.takesHttp,
    imageParams,
  };
}

function toInput(source: ImageSource | VideoSource) {
  if (source.kind === 'url') return { kind: 'url', url: source.url } as const;
  return { kind: 'kept', key: source.key } as const;
}

/** A video of our own may have been deleted, which its task says before its file is gone. */
function toVideoInput(source: VideoSource): VideoInput {
  const taskId = source.kind === 'stored' ? taskIdOfVideo(source.key) : undefined;
  return taskId === undefined ? toInput(source) : { kind: 'video', videoId: toVideoId(taskId) };
}
