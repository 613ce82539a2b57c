import type { Offer } from '../../../shared/domain/offer.ts';
import type { JobRequest } from '../../../shared/providers/provider.ts';

/** An order of the offer with a prompt and the image that it takes. */
export function requestFor(offer: Offer, overrides: Partial<JobRequest> = {}): JobRequest {
  const image = 'https://img.example.com/lighthouse.png';
  const { seconds, resolution } = offer.variants[0];
  return {
    nativeModel: offer.nativeModel,
    operation: offer.operation,
    seconds,
    resolution,
    prompt: 'A lighthouse at dusk',
    ...(offer.operation === 'i2v' ? { firstFrameImageUrl: image } : {}),
    ...(offer.operation === 's2v' ? { subjectImageUrl: image } : {}),
    ...overrides,
  };
}
