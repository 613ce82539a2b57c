import * as z from 'zod';
import { fromUsd } from '../domain/money.ts';
import type { Offer } from '../domain/offer.ts';

/** `<NAME>_BASE_URL`: an http or https origin; the paths of the provider's document are appended to it. */
export function originSetting(defaultOrigin: string) {
  return z
    .string()
    .default(defaultOrigin)
    .transform((text, context) => {
      const url = URL.parse(text);
      if (url !== null && /^https?:$/.test(url.protocol) && `${url.origin}/` === url.href) return url.origin;
      context.addIssue(`"${text}" is not an origin such as "${defaultOrigin}"`);
      return z.NEVER;
    });
}

/** `<NAME>_TYPICAL_SECONDS`: how long a job usually takes, in place of what every offer says. */
export const typicalSecondsSetting = z
  .string()
  .transform((text, context) => {
    const seconds = Number(text);
    if (Number.isFinite(seconds) && seconds > 0) return seconds;
    context.addIssue(`"${text}" is not a positive number of seconds`);
    return z.NEVER;
  })
  .optional();

/** `<NAME>_PRICES`: a JSON object of native model to price in USD, such as `{"t2v-01": "0.20"}`. */
export function pricesSetting<Model extends string>(nativeModels: readonly Model[]) {
  return jsonSetting(z.partialRecord(z.enum(nativeModels), priceSchema)).optional();
}

/** A price of nothing is refused: budgets would never trip. */
const priceSchema = z.union([z.string(), z.number()]).transform((usd, context) => {
  const price = toMicroUsd(usd);
  if (price !== undefined && price > 0) return price;
  context.addIssue(`"${usd}" is not a positive amount in USD such as "0.25"`);
  return z.NEVER;
});

function toMicroUsd(usd: string | number): number | undefined {
  try {
    return fromUsd(usd);
  } catch {
    return undefined;
  }
}

/** A setting whose text is JSON of the given schema. */
export function jsonSetting<Schema extends z.ZodType>(schema: Schema) {
  return z
    .string()
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        context.addIssue('is not valid JSON');
        return z.NEVER;
      }
    })
    .pipe(schema);
}

interface OfferSettings {
  readonly typicalSeconds?: number | undefined;
  /** Micro-USD by native model. */
  readonly prices?: Readonly<Record<string, number | undefined>> | undefined;
}

/** The offer with the operator's price and duration in place of the catalogue's. */
export function withSettings(offer: Offer, { typicalSeconds, prices }: OfferSettings): Offer {
  const priceMicroUsd = prices?.[offer.nativeModel];
  const timed = { ...offer, typicalSeconds: typicalSeconds ?? offer.typicalSeconds };
  if (priceMicroUsd === undefined) return timed;
  const [first, ...others] = offer.variants;
  const variants = [
    { ...first, priceMicroUsd },
    ...others.map((variant) => ({ ...variant, priceMicroUsd })),
  ] as const;
  return { ...timed, variants, isPriceAssumed: false };
}
