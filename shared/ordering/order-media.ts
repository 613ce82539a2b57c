import type { Violation } from '../domain/quote.ts';
import type { VideoRequest, VideoSource } from '../domain/video-request.ts';
import type { QuotableRequest } from '../routing/quotable-request.ts';
import type { OrderDraft } from './order-draft.ts';
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
    draft.sourceVideo && probeSourceVideo(draft.sourceVideo, account, dependencies),
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
