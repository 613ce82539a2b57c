import type { MarketModel } from '../market/wire.ts';

/** Of the models of the market dialect those that Apikley's pages know. */
export const nativeModels = [
  'hailuo/02-text-to-video-standard',
  'hailuo/02-text-to-video-pro',
  'hailuo/02-image-to-video-standard',
  'hailuo/02-image-to-video-pro',
  'hailuo/2-3-image-to-video-standard',
] as const satisfies readonly MarketModel[];
