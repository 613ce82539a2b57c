import * as z from 'zod';
import type { FailureCode } from '../domain/job-progress.ts';
import { parseWireJson, wireId, wireText } from './wire-reading.ts';

/** First match wins: a sensitive face in an image is a matter of content, a missing one of the face. */
const codesByText: readonly (readonly [RegExp, FailureCode])[] = [
  [
    /sensitiv|moderat|nsfw|polic(y|ies)|prohibit|banned|violat|unsafe|safety|filtered|inappropriate/i,
    'content_rejected',
  ],
  [
    /\bcontent[ _-](is |was |has been )?(rejected|blocked|flagged|restricted|not allowed)/i,
    'content_rejected',
  ],
  [/\bfaces?\b|valid subject|no subject|subject (image|reference|information)/i, 'face_not_found'],
  [/\bcredits?\b|\bbalance\b/i, 'provider_balance'],
  [/image|picture|aspect ratio|dimensions?\b/i, 'bad_image'],
];

/** The code that a provider's words point to, where they say anything we know. */
export function failureCodeOfText(text: string): FailureCode | undefined {
  return codesByText.find(([pattern]) => pattern.test(text))?.[1];
}

const codesByStatus: Readonly<Record<number, FailureCode>> = {
  401: 'provider_auth',
  402: 'provider_balance',
  403: 'provider_auth',
  429: 'provider_rate_limited',
};

/** The code of a refusal with a 4xx; where the status says little, the provider's words decide. */
export function failureCodeOfRefusal(status: number, text: string): FailureCode {
  return codesByStatus[status] ?? failureCodeOfText(text) ?? 'invalid_request';
}

const maxCodeLength = 64;

const refusalSchema = z
  .object({
    code: wireId,
    reason: wireText,
    message: wireText,
    msg: wireText,
    description: wireText,
    error: z
      .union([z.string(), z.object({ code: wireId, message: wireText })])
      .optional()
      .catch(undefined),
  })
  .transform(({ error, ...body }) => {
    const inner = typeof error === 'string' ? { message: error, code: undefined } : error;
    const texts = [body.reason, body.message, body.msg, body.description, inner?.message];
    const code = body.code ?? inner?.code;
    return { code: code?.slice(0, maxCodeLength), text: texts.find((text) => text !== undefined) };
  });

/** What the body of a refusal says, in any of the shapes that providers are known to use. */
interface RefusalWords {
  readonly code: string | undefined;
  readonly text: string | undefined;
}

export function readRefusalWords(body: string): RefusalWords {
  const parsed = refusalSchema.safeParse(parseWireJson(body));
  return parsed.success ? parsed.data : { code: undefined, text: body.trim() || undefined };
}

const maxReasonLength = 200;
/** Shorter texts are no secret, and hiding them would garble every message. */
const minHiddenLength = 4;

/** A provider's words fit to be shown: without URLs, without the texts in `hidden`, at most 200 characters. */
export function toShownReason(text: string, hidden: readonly (string | undefined)[]): string {
  const withoutHidden = hidden.reduce<string>((shown, secret) => {
    const isHidden = secret !== undefined && secret.trim().length >= minHiddenLength;
    return isHidden ? shown.replaceAll(secret.trim(), '[hidden]') : shown;
  }, text);
  const withoutUrls = withoutHidden.replace(/\b(https?:\/\/|data:)[^\s"'<>]+/gi, '[url]');
  return withoutUrls.replace(/\s+/g, ' ').trim().slice(0, maxReasonLength);
}
