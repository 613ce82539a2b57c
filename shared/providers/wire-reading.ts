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

/** What is read here is stored: an item of the table has room for 400 KB. */
const maxIdLength = 256;
const maxUrlLength = 8192;

const scalar = z.union([z.string(), z.number()]).nullish().catch(undefined);

/** A field of text; blank, null and any other type are absent. */
export const wireText = z.string().nullish().catch(undefined).transform(toPresentText);

/** An id, given as a string or as a number; always a string here. Blank or over 256 characters is absent. */
export const wireId = scalar.transform((value) => {
  const id = toPresentText(value?.toString())?.trim();
  return id !== undefined && id.length <= maxIdLength ? id : undefined;
});

const maxWordLength = 64;

/** A word or a number for a state, which may be shown: of a longer text only the first 64 characters. */
export const wireWord = scalar.transform((value) =>
  toPresentText(value?.toString())?.trim().slice(0, maxWordLength),
);

/** A number, given as such or as a string; anything else is absent. */
export const wireNumber = scalar.transform((value) => {
  const text = toPresentText(value?.toString());
  const number = Number(text);
  return text !== undefined && Number.isFinite(number) ? number : undefined;
});

/** An http or https URL of at most 8192 characters; anything else is absent. */
export const wireUrl = wireText.transform((text) => {
  const url = text === undefined ? null : URL.parse(text);
  const isWeb = url !== null && /^https?:$/.test(url.protocol) && url.href.length <= maxUrlLength;
  return isWeb ? text?.trim() : undefined;
});

function toPresentText(text: string | null | undefined): string | undefined {
  return typeof text === 'string' && text.trim() !== '' ? text : undefined;
}

/**
 * When a link dies, ISO 8601: the earlier of what the answer says, in Unix seconds or milliseconds, and of the
 * URL's own `Expires`.
 */
export function expiryOf(url: string, expireTime: number | undefined): string | undefined {
  const ownExpiry = wireNumber.parse(new URL(url).searchParams.get('Expires'));
  const times = [expireTime, ownExpiry].map(toMilliseconds).filter((time) => time !== undefined);
  return times.length === 0 ? undefined : new Date(Math.min(...times)).toISOString();
}

const largestMilliseconds = 8.64e15;

/** Of a Unix time in seconds or milliseconds; what no date can hold is absent. */
function toMilliseconds(time: number | undefined): number | undefined {
  if (time === undefined || time <= 0) return undefined;
  const milliseconds = time > 1e12 ? time : time * 1000;
  return milliseconds <= largestMilliseconds ? milliseconds : undefined;
}
