import * as z from 'zod';

/**
 * Parses the JSON of an upstream; absent when it is none. An integer that a number cannot hold becomes a
 * string: ids of 19 digits come with and without quotes.
 */
export function parseWireJson(text: string): unknown {
  try {
    return JSON.parse(text, keepLargeIntegers);
  } catch {
    return undefined;
  }
}

function keepLargeIntegers(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  const isRounded = Number.isInteger(value) && !Number.isSafeInteger(value);
  return isRounded ? (context?.source ?? value) : value;
}

const scalar = z.union([z.string(), z.number()]).nullish().catch(undefined);

/** A field of text; blank, null and any other type are absent. */
export const wireText = z.string().nullish().catch(undefined).transform(toPresentText);

/** An id, given as a string or as a number; always a string here, blank is absent. */
export const wireId = scalar.transform((value) => toPresentText(value?.toString())?.trim());

/** A number, given as such or as a string; anything else is absent. */
export const wireNumber = scalar.transform((value) => {
  const text = toPresentText(value?.toString());
  const number = Number(text);
  return text !== undefined && Number.isFinite(number) ? number : undefined;
});

/** An http or https URL; anything else is absent. */
export const wireUrl = wireText.transform((text) => {
  const url = text === undefined ? null : URL.parse(text);
  return url !== null && /^https?:$/.test(url.protocol) ? text?.trim() : undefined;
});

function toPresentText(text: string | null | undefined): string | undefined {
  return typeof text === 'string' && text.trim() !== '' ? text : undefined;
}
