import * as z from 'zod';
import type { FailureCode, SubmitOutcome } from '../domain/job-progress.ts';
import { parseWireJson, wireId, wireText } from './wire-reading.ts';

type CodeOfText = readonly [RegExp, FailureCode];

/** A sensitive face in an image is a matter of content, a missing one of the face. */
const contentOrFace: readonly CodeOfText[] = [
  [
    /sensitiv|moderat|nsfw|polic(y|ies)|prohibit|banned|violat|unsafe|safety|filtered|inappropriate/i,
    'content_rejected',
  ],
  [
    /\bcontent[ _-](is |was |has been )?(rejected|blocked|flagged|restricted|not allowed)/i,
    'content_rejected',
  ],
  [/\bfaces?\b|valid subject|no subject|subject (image|reference|information)/i, 'face_not_found'],
];
/** Only that there is too little: a refund speaks of credits too. */
const account: readonly CodeOfText[] = [
  [/\b(insufficient|not enough|out of) (\w+ ){0,4}(credits?|balance|funds)\b/i, 'provider_balance'],
  [
    /\b(credits?|balance|funds) (\w+ ){0,4}(insufficient|not enough|too low|exhausted|used up)\b/i,
    'provider_balance',
  ],
  [/\bno (\w+ ){0,2}(credits?|balance|funds) (left|remaining)\b/i, 'provider_balance'],
];
/** The names of models and modes speak of images too. */
const image: readonly CodeOfText[] = [
  [/image(?![ _-]to[ _-]video)|picture|aspect ratio|dimensions?\b/i, 'bad_image'],
];

/** First match wins. */
const codesOfRefusal = [...contentOrFace, ...account, ...image];
const codesOfJob = [...contentOrFace, ...image];

function codeOf(text: string, codes: readonly CodeOfText[]): FailureCode | undefined {
  return codes.find(([pattern]) => pattern.test(text))?.[1];
}

/** The code that the words of a refusal point to, where they say anything we know. */
export function failureCodeOfText(text: string): FailureCode | undefined {
  return codeOf(text, codesOfRefusal);
}

/**
 * The code that the words of a failed job point to. They never blame the account: a job was started, so words
 * about credits do not prove that another provider may be paid.
 */
export function failureCodeOfJob(text: string): FailureCode {
  return codeOf(text, codesOfJob) ?? 'generation_failed';
}

const codesByStatus: Readonly<Record<number, FailureCode>> = {
  401: 'provider_auth',
  402: 'provider_balance',
  403: 'provider_auth',
  429: 'provider_rate_limited',
};

/** The code of a refusal with a 4xx; where the status says little, the provider's words decide. */
function failureCodeOfRefusal(status: number, text: string): FailureCode {
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
    base_resp: z.object({ status_code: wireId, status_msg: wireText }).optional().catch(undefined),
  })
  .transform(({ error, base_resp: baseResp, ...body }) => {
    const inner = typeof error === 'string' ? { message: error, code: undefined } : error;
    const texts = [
      body.reason,
      body.message,
      body.msg,
      body.description,
      inner?.message,
      baseResp?.status_msg,
    ];
    const code = body.code ?? inner?.code ?? baseResp?.status_code;
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

/** A refusal as an adapter reads it. */
interface RefusalReading {
  /** The provider as messages call it. */
  readonly label: string;
  readonly status: number;
  /** Fit to be shown. */
  readonly reason: string;
  /** Where the provider's own code says what it blames; else the status and the reason do. */
  readonly code?: FailureCode | undefined;
  readonly providerCode?: string | undefined;
}

/** The outcome of an order that was refused: proven to have started nothing. */
export function toRefused({ label, status, reason, ...own }: RefusalReading): SubmitOutcome {
  const { code = failureCodeOfRefusal(status, reason), providerCode = `${status}` } = own;
  const message = `${label} refused the order (${status}): ${reason}`;
  return { kind: 'refused', failure: { code, message, charged: 'no', providerCode } };
}
