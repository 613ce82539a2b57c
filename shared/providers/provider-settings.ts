import * as z from 'zod';
import { fromUsd, maxUsd } from '../domain/money.ts';
import type { Offer, OfferVariant, ProviderLimits } from '../domain/offer.ts';

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

const priceRule = `is not an amount in USD above 0, of at most ${maxUsd} and with at most six decimals, such as "0.25"`;

/** Reads a price, in messages with ` for "what"`. One of nothing is refused: budgets would never trip. */
function priceReader(forWhat = '') {
  return (given: unknown, context: z.RefinementCtx): number => {
    const price = toPrice(given);
    if (price !== undefined) return price;
    context.addIssue(`${JSON.stringify(given)}${forWhat} ${priceRule}`);
    return z.NEVER;
  };
}

function priceSchema(forWhat: string) {
  return z.unknown().transform(priceReader(forWhat));
}

/**
 * `<NAME>_PRICES`: a JSON object of native model to price in USD, such as `{"t2v-01": "0.20"}`, or to one price a
 * variant, such as `{"v2.3": {"6 768P": "0.23", "10 768P": "0.45"}}`. A price of what is not sold is refused: it
 * would be lost without a word.
 */
export function pricesSetting(offers: readonly Offer[]) {
  // Made when prices are given: at each cold start it would take as long as a client of the SDK.
  const sold = z.lazy(() =>
    listOf(offers.map(({ nativeModel }) => [nativeModel, toPrices(nativeModel, offers)])),
  );
  return jsonSetting(sold).optional();
}

/** One price for all variants of a model, or one each. No union of zod, which would not say what is wrong. */
function toPrices(nativeModel: string, offers: readonly Offer[]) {
  const sold = offers.filter((offer) => offer.nativeModel === nativeModel);
  const variants = sold.flatMap((offer) => offer.variants.map(variantKey));
  const ofAll = priceSchema(` for "${nativeModel}"`);
  const ofEach = listOf(variants.map((key) => [key, priceSchema(` for "${key}" of "${nativeModel}"`)]));
  return z.unknown().transform((given, context): Prices => {
    const isList = typeof given === 'object' && given !== null && !Array.isArray(given);
    const { data, error } = (isList ? ofEach : ofAll).safeParse(given);
    if (data !== undefined) return data;
    for (const { message } of error.issues) context.addIssue(message);
    return z.NEVER;
  });
}

/** An object of any of these keys and of no others. */
function listOf<Price extends z.ZodType>(prices: readonly (readonly [key: string, price: Price])[]) {
  const shape = Object.fromEntries(prices.map(([key, price]) => [key, price.optional()]));
  return z.strictObject(shape, {
    error: ({ code, keys }) =>
      code === 'unrecognized_keys'
        ? `${quote(keys)} is not sold, only ${quote(Object.keys(shape))}`
        : 'is not a JSON object of native models and their prices',
  });
}

function quote(names: readonly string[] = []): string {
  return names.map((name) => `"${name}"`).join(', ');
}

/** `<NAME>_USD_PER_CREDIT`: what a credit costs, where a provider asks its prices in credits. */
export function usdPerCreditSetting(defaultUsd: string) {
  return z.string().default(defaultUsd).transform(priceReader());
}

const limitSchema = z.int().positive();
/** The starts of a window are kept in one item of the table. */
const maxWindowStarts = 2000;

const limits = jsonSetting(
  z.strictObject({
    concurrent: limitSchema.max(maxWindowStarts).optional(),
    per_minute: limitSchema.max(maxWindowStarts).optional(),
    per_hour: limitSchema.max(maxWindowStarts).optional(),
    spacing_ms: limitSchema.max(60_000).optional(),
  }),
).transform(
  ({ concurrent, per_minute: perMinute, per_hour: perHour, spacing_ms: spacingMs }): ProviderLimits => ({
    ...(concurrent !== undefined && { concurrent }),
    ...(perMinute !== undefined && { perMinute }),
    ...(perHour !== undefined && { perHour }),
    ...(spacingMs !== undefined && { spacingMs }),
  }),
);

/** `<NAME>_LIMITS`, absent when it is not given: for a provider whose defaults follow from another setting. */
export const givenLimitsSetting = limits.optional();

/** `<NAME>_LIMITS`: JSON of any of `concurrent`, `per_minute`, `per_hour` and `spacing_ms`, in place of the defaults. */
export function limitsSetting(defaults: ProviderLimits) {
  return limits.default(defaults);
}

function toPrice(usd: unknown): number | undefined {
  if (typeof usd !== 'string' && typeof usd !== 'number') return undefined;
  try {
    const price = fromUsd(usd);
    return price > 0 ? price : undefined;
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

/** Micro-USD of every variant, or by variant as `variantKey` names it. */
type Prices = number | Readonly<Record<string, number | undefined>>;

interface OfferSettings {
  readonly typicalSeconds?: number | undefined;
  /** By native model. */
  readonly prices?: Readonly<Record<string, Prices | undefined>> | undefined;
}

/** The offer with the operator's price and duration in place of the catalogue's. */
export function withSettings(offer: Offer, { typicalSeconds, prices }: OfferSettings): Offer {
  const [first, ...others] = offer.variants;
  const reprice = (variant: OfferVariant) => withPrice(variant, prices?.[offer.nativeModel]);
  return {
    ...offer,
    typicalSeconds: typicalSeconds ?? offer.typicalSeconds,
    variants: [reprice(first), ...others.map(reprice)],
  };
}

function withPrice(variant: OfferVariant, prices: Prices | undefined): OfferVariant {
  const priceMicroUsd = typeof prices === 'number' ? prices : prices?.[variantKey(variant)];
  return priceMicroUsd === undefined ? variant : { ...variant, priceMicroUsd, isPriceAssumed: false };
}

/** A variant as `<NAME>_PRICES` names it: seconds and resolution, such as `6 768P`. */
function variantKey({ seconds, resolution }: OfferVariant): string {
  return [seconds, resolution].filter((part) => part !== undefined).join(' ');
}
