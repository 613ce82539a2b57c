import type { FailureCode, SubmitOutcome } from '../../domain/job-progress.ts';
import { readRefusalWords, toRefused, toShownReason } from '../failure-reading.ts';
import { isContradiction, isRefusal, toSubmitOutcome } from '../upstream-answers.ts';
import type { UpstreamAnswer } from '../upstream-http.ts';
import { parseWireJson } from '../wire-reading.ts';
import { createdSchema, isSuccessCode } from './wire.ts';

/** What the dialects of the market's host do not share. */
interface CreateReading {
  /** The provider as messages call it. */
  readonly label: string;
  /** Texts that no message may show. */
  readonly hidden: readonly (string | undefined)[];
  /** What a code of the dialect's own blames; absent where it is none. */
  failureCodeOf(code: number, reason: string): FailureCode | undefined;
}

/** The outcome of a create: the HTTP status and the business code in the body must both say it. */
export function toCreateOutcome(answer: UpstreamAnswer, reading: CreateReading): SubmitOutcome {
  return toSubmitOutcome(answer, {
    label: reading.label,
    readSuccess: (text) => readCreated(text, reading),
    readRefusal: (status, text) => readRefused(status, text, reading),
  });
}

function readCreated(text: string, reading: CreateReading): SubmitOutcome | undefined {
  const { code = 200, data } = readBody(text) ?? {};
  const id = data?.taskId;
  if (isSuccessCode(code)) return id === undefined ? undefined : { kind: 'accepted', job: { id } };
  return id === undefined ? toRefusal(code, text, reading) : undefined;
}

/** A 4xx with a task, or with the code of a success or of a breakdown, contradicts itself, and proves nothing. */
function readRefused(status: number, text: string, reading: CreateReading): SubmitOutcome {
  const { code = status, data } = readBody(text) ?? {};
  const isOwnCode = reading.failureCodeOf(code, '') !== undefined;
  const isProof = data?.taskId === undefined && (isOwnCode || !isContradiction(code));
  const refusal = toRefusal(code, text, reading) ?? toRefusal(status, text, reading);
  const message = `${reading.label} answered the order with HTTP ${status} and the code ${code}`;
  return isProof && refusal !== undefined ? refusal : { kind: 'unknown', message };
}

function readBody(text: string) {
  return createdSchema.safeParse(parseWireJson(text)).data;
}

/** Absent when the code does not say that nothing was started. */
function toRefusal(
  code: number,
  text: string,
  { label, hidden, failureCodeOf }: CreateReading,
): SubmitOutcome | undefined {
  const words = readRefusalWords(text);
  const reason = toShownReason(words.text ?? 'no reason given', hidden);
  const ownCode = failureCodeOf(code, reason);
  if (ownCode === undefined && !isRefusal(code)) return undefined;
  return toRefused({ label, status: code, reason, code: ownCode, providerCode: words.code });
}
