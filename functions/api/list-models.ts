import type { Model, ModelOffer, ShownImageLimits } from '../../shared/contract/models.ts';
import { toUsd } from '../../shared/domain/money.ts';
import type { ImageLimits, Offer } from '../../shared/domain/offer.ts';
import { type HttpAnswer, jsonAnswer } from '../../shared/http/http-event.ts';
import { aliasNames, modelNames } from '../../shared/routing/catalogue-names.ts';
import type { AccountRequest, ApiDependencies } from './api-dependencies.ts';

/** GET /v1/models: what the enabled providers sell, in OpenAI's list shape. */
export async function listModels(_: AccountRequest, { offers }: ApiDependencies): Promise<HttpAnswer> {
  const data = modelNames(offers).map((model) => toModel(model, offers));
  return jsonAnswer(200, { object: 'list', data });
}

function toModel(id: string, catalogue: readonly Offer[]): Model {
  const offers = catalogue.filter((offer) => offer.model === id);
  return {
    id,
    object: 'model',
    // OpenAI's clients want a moment here; when the model appeared is not known to the catalogue.
    created: 0,
    owned_by: 'hailuo',
    gateway: { aliases: aliasNames(offers), offers: offers.map(toOffer) },
  };
}

function toOffer(offer: Offer): ModelOffer {
  return {
    provider: offer.provider,
    operation: offer.operation,
    native_model: offer.nativeModel,
    limits: {
      prompt:
        offer.prompt === undefined
          ? null
          : { required: offer.prompt.isRequired, max_length: offer.prompt.maxLength },
      image: offer.image === undefined ? null : toImageLimits(offer.image),
    },
    supports: {
      prompt_optimizer: offer.supports.promptOptimizer,
      seed: offer.supports.seed === false ? null : toRange(offer.supports.seed),
      negative_prompt: offer.supports.negativePrompt,
      aspect_ratios: offer.supports.aspectRatios,
    },
    prices: offer.variants.map(
      ({ seconds = null, resolution = null, size = null, priceMicroUsd, isPriceAssumed }) => {
        return { seconds, resolution, size, usd: toUsd(priceMicroUsd), assumed: isPriceAssumed };
      },
    ),
    camera: offer.camera ?? null,
    official: offer.isOfficial,
    typical_seconds: offer.typicalSeconds,
    callback: offer.hasCallback,
  };
}

function toRange([min, max]: readonly [number, number]) {
  return { min, max };
}

function toImageLimits(limits: ImageLimits): ShownImageLimits {
  const {
    formats,
    maxBytes,
    minSidePixels,
    isMinSideExclusive,
    maxSidePixels = null,
    aspect,
    takesDataUrls,
  } = limits;
  return {
    formats,
    max_bytes: maxBytes,
    min_side_pixels: isMinSideExclusive ? minSidePixels + 1 : minSidePixels,
    max_side_pixels: maxSidePixels,
    aspect_between: aspect,
    data_urls: takesDataUrls,
  };
}
