import type { CreateRequest, MarketModel } from '../../../../shared/providers/market/wire.ts';
import type { CallbackTarget, JobRequest } from '../../../../shared/providers/provider.ts';

/** What a model makes that has no fields for it. */
const fixed: Readonly<Partial<Record<MarketModel, Pick<JobRequest, 'seconds' | 'resolution'>>>> = {
  'hailuo/02-text-to-video-standard': { resolution: '768P' },
  'hailuo/02-text-to-video-pro': { seconds: 6, resolution: '1080P' },
  'hailuo/02-image-to-video-pro': { seconds: 6, resolution: '1080P' },
};

/** The order that a request of the market dialect was made from. */
export function toMarketOrder({ model, callBackUrl, input }: CreateRequest) {
  const { prompt, ...fields } = input;
  const request: JobRequest = {
    nativeModel: model,
    operation: 'end_image_url' in fields ? 'fl2v' : 'image_url' in fields ? 'i2v' : 't2v',
    prompt,
    ...fixed[model],
    ...('duration' in fields ? { seconds: Number(fields.duration) } : {}),
    ...('resolution' in fields && fields.resolution !== undefined ? { resolution: fields.resolution } : {}),
    ...('image_url' in fields ? { firstFrameImageUrl: fields.image_url } : {}),
    ...('end_image_url' in fields && fields.end_image_url !== undefined
      ? { lastFrameImageUrl: fields.end_image_url }
      : {}),
    ...('prompt_optimizer' in fields && fields.prompt_optimizer !== undefined
      ? { promptOptimizer: fields.prompt_optimizer }
      : {}),
  };
  const callback: CallbackTarget | undefined =
    callBackUrl === undefined ? undefined : { url: callBackUrl, proof: 'a-proof' };
  return { request, callback };
}
