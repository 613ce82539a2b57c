import type { ImageLimits, Offer } from '../../domain/offer.ts';
import type { Operation } from '../../domain/video-request.ts';
import { type EndpointKey, isDirector } from './wire.ts';

export function nativeModelOf(key: EndpointKey): `MaaS_HL_Video_${EndpointKey}` {
  return `MaaS_HL_Video_${key}`;
}

/** The document says "20MB" and "between": read as 20 × 2^20 bytes, and with both ends of the aspect refused. */
export const imageLimits: ImageLimits = {
  formats: ['jpeg', 'png'],
  maxBytes: 20 * 1024 * 1024,
  minSidePixels: 300,
  isMinSideExclusive: true,
  aspect: [2 / 5, 5 / 2],
  takesDataUrls: true,
};

interface Row {
  readonly model: string;
  readonly operation: Operation;
}

const rows: Readonly<Record<EndpointKey, Row>> = {
  t2v: { model: 'hailuo-01', operation: 't2v' },
  i2v: { model: 'hailuo-01', operation: 'i2v' },
  i2v_live: { model: 'hailuo-01-live', operation: 'i2v' },
  t2v_director: { model: 'hailuo-01-director', operation: 't2v' },
  i2v_director: { model: 'hailuo-01-director', operation: 'i2v' },
  s2v: { model: 's2v-01', operation: 's2v' },
};

/** The canonical model behind a key; what it makes a video from is the order's to say. */
export function modelOf(key: EndpointKey): string {
  return rows[key].model;
}

/** No price is published: ours are what the origin's other resellers ask, rounded up. */
const assumedPriceMicroUsd = 250_000;
const assumedSubjectPriceMicroUsd = 350_000;

export function toOffer(key: EndpointKey): Offer {
  const { model, operation } = rows[key];
  const priceMicroUsd = operation === 's2v' ? assumedSubjectPriceMicroUsd : assumedPriceMicroUsd;
  return {
    provider: 'cloudsway',
    model,
    operation,
    nativeModel: nativeModelOf(key),
    isOfficial: false,
    aliases: [],
    variants: [{ seconds: 6, resolution: '720P', size: '1280x720', priceMicroUsd, isPriceAssumed: true }],
    prompt: { isRequired: operation === 't2v', maxLength: 2000 },
    ...imageOf(operation),
    supports: { promptOptimizer: [true, false], seed: false, negativePrompt: false, aspectRatios: [] },
    ...(isDirector(key) && { camera: 'lateral' as const }),
    hasCallback: false,
    typicalSeconds: 180,
  };
}

/** A first frame is "not exceeding" 20 MB, a subject "less than". */
function imageOf(operation: Operation): { readonly image?: ImageLimits } {
  if (operation === 't2v') return {};
  return {
    image: operation === 's2v' ? { ...imageLimits, maxBytes: imageLimits.maxBytes - 1 } : imageLimits,
  };
}
