import type { Offer } from '../../../shared/domain/offer.ts';
import type { JobRequest } from '../../../shared/providers/provider.ts';

/** An order of the offer with a prompt and the image that it takes. */
export function requestFor(offer: Offer, overrides: Partial<JobRequest> = {}): JobRequest {
  const image = 'https://img.example.com/lighthouse.png';
  const { seconds, resolution } = offer.variants[0];
  return {
    nativeModel: offer.nativeModel,
    operation: offer.operation,
    ...(seconds === undefined ? {} : { seconds }),
    ...(resolution === undefined ? {} : { resolution }),
    ...(offer.prompt === undefined ? {} : { prompt: 'A lighthouse at dusk' }),
    ...(offer.operation === 'i2v' || offer.operation === 'fl2v' ? { firstFrameImageUrl: image } : {}),
    ...(offer.operation === 'fl2v' ? { lastFrameImageUrl: image } : {}),
    ...(offer.operation === 'upscale' || offer.operation === 'extend'
      ? { sourceVideoUrl: 'https://vid.example.com/in.mp4' }
      : {}),
    ...(offer.operation === 's2v' ? { subjectImageUrl: image } : {}),
    ...overrides,
  };
}
