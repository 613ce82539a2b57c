import type { CancelOutcome, JobProgress, SubmitOutcome } from '../domain/job-progress.ts';
import type { UpstreamAnswer } from './upstream-http.ts';
import { parseWireJson, wireNumber } from './wire-reading.ts';

type Answered = Extract<UpstreamAnswer, { kind: 'answered' }>;

/** What a provider's answers to a create request mean, where that differs between providers. */
interface CreateDialect {
  /** The provider as messages call it. */
  readonly label: string;
  /** What a 2xx says; absent when it cannot be read. */
  readSuccess(text: string): SubmitOutcome | undefined;
  /** What a refusal with a 4xx says; absent when its body contradicts its status. */
  readRefusal(status: number, text: string): SubmitOutcome | undefined;
}

/** The outcome of a create request. Whatever does not prove that no job was started is `unknown`. */
export function toSubmitOutcome(answer: UpstreamAnswer, dialect: CreateDialect): SubmitOutcome {
  if (answer.kind === 'not_sent') return { kind: 'not_sent', message: answer.message };
  if (answer.kind === 'lost') return { kind: 'unknown', message: answer.message };
  const outcome = readOutcome(answer, dialect);
  if (outcome?.kind === 'refused') return { ...outcome, ...readRetryAfter(answer.headers) };
  if (outcome !== undefined) return outcome;
  return {
    kind: 'unknown',
    message: `${dialect.label} answered the order unreadably with HTTP ${answer.status}`,
  };
}

function readOutcome(answer: Answered, dialect: CreateDialect): SubmitOutcome | undefined {
  const { status, text } = answer;
  if (isSuccess(status)) return dialect.readSuccess(text);
  if (!isRefusal(status) || isHtml(answer)) return undefined;
  // A 4xx with the id of a job contradicts itself.
  return dialect.readSuccess(text)?.kind === 'accepted' ? undefined : dialect.readRefusal(status, text);
}

const maxRetryAfterSeconds = 24 * 60 * 60;

/** Only in seconds: a date would depend on the other side's clock. */
function readRetryAfter(headers: Answered['headers']): { readonly retryAfterSeconds?: number } {
  const seconds = wireNumber.parse(headers['retry-after']);
  if (seconds === undefined || seconds <= 0) return {};
  return { retryAfterSeconds: Math.min(Math.ceil(seconds), maxRetryAfterSeconds) };
}

/** Whether a status says that the request was not carried out. */
export function isRefusal(status: number): boolean {
  return status >= 400 && status < 500 && !isBreakdown(status);
}

/**
 * Whether a status leaves open how far the request came: a 5xx, and the two for a request that was given up on
 * the way, by the server (408) or by a proxy (499).
 */
function isBreakdown(status: number): boolean {
  return status === 408 || status === 499 || (status >= 500 && status < 600);
}

/** Whether the code in the body of a 4xx takes its status back: one of a success, or of a breakdown. */
export function isContradiction(code: number): boolean {
  return code === 0 || code === 200 || isBreakdown(code);
}

type Unreadable = Extract<JobProgress, { kind: 'unreadable' }>;
type ReadAnswer = { readonly kind: 'read'; readonly body: unknown } | Unreadable;

/**
 * The JSON of an answer about a job. Any other answer tells nothing about the job, so it is unreadable; a 404 in JSON is
 * the provider's own, and says that it knows none.
 */
export function readJobAnswer(answer: UpstreamAnswer, label: string): ReadAnswer {
  if (answer.kind !== 'answered') return { kind: 'unreadable', message: answer.message };
  const { status, text } = answer;
  const body = parseWireJson(text);
  if (isSuccess(status) && body !== undefined) return { kind: 'read', body };
  const isJobUnknown = status === 404 && body !== undefined;
  return { ...unreadable(label, `HTTP ${status}`), ...(isJobUnknown && { isJobUnknown }) };
}

interface CancelDialect {
  readonly label: string;
  /** What the JSON of a 2xx says. */
  readWord(body: unknown): CancelOutcome;
}

/** What an answer to a request to cancel says. Whatever is no clear word leaves the job running. */
export function toCancelOutcome(answer: UpstreamAnswer, { label, readWord }: CancelDialect): CancelOutcome {
  if (answer.kind === 'not_sent') return { kind: 'not_asked', message: answer.message };
  const read = readJobAnswer(answer, label);
  return read.kind === 'read' ? readWord(read.body) : { kind: 'not_canceled', message: read.message };
}

export function unreadable(label: string, what: string): Unreadable {
  return { kind: 'unreadable', message: `${label} answered the look unreadably: ${what}` };
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

/** A page comes from something between us and the provider, which cannot speak for it. */
function isHtml(answer: Answered): boolean {
  return /html/i.test(answer.headers['content-type'] ?? '') || answer.text.trimStart().startsWith('<');
}
