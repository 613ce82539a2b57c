import { APICallError, type JSONObject } from '@ai-sdk/provider';
import { problemSchema } from './wire.ts';

/** Waits for so many milliseconds, or rejects once the signal is aborted. */
export type Delay = (
  delayInMs: number,
  options: { readonly abortSignal?: AbortSignal | undefined },
) => PromiseLike<void>;

export interface Connection {
  /** Ends with the API's version, without a slash behind it. */
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly fetch: typeof globalThis.fetch;
  readonly delay: Delay;
}

export interface GatewayCall {
  readonly method?: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Headers;
  readonly body?: JSONObject;
  readonly signal: AbortSignal | undefined;
  /** Told to who gets no answer: what may have happened, and what to do. */
  readonly hint: string;
}

export interface Answered<Content> {
  readonly content: Content;
  readonly headers: Readonly<Record<string, string>>;
}

type Outcome<Content> =
  | { readonly kind: 'answered'; readonly answer: Answered<Content> }
  /** Asking again would not change it. */
  | { readonly kind: 'refused'; readonly error: APICallError }
  | { readonly kind: 'unanswered'; readonly error: APICallError; readonly askedDelayMs: number }
  /** Over the limit of the key, and told when the next request is taken. */
  | { readonly kind: 'too_soon'; readonly error: APICallError; readonly askedDelayMs: number };

const maxTries = 5;
const firstDelayMs = 1000;
/** Whatever is asked for: the limit of a key is one of a minute. */
const longestDelayMs = 120_000;

/**
 * Asks up to five times, at growing distances or as the gateway asks for them, so a call must be safe to repeat. What
 * only comes too soon is no try and waits for its turn, as long as that takes: a video may be paid for already, and an
 * order that is refused beside others of the call would be lost for a limit that passes. Throws an APICallError that is
 * never retryable, because what the SDK repeats is the whole order; or the signal's reason.
 */
export async function callGateway<Content>(
  call: GatewayCall,
  read: (response: Response) => Promise<Content>,
  connection: Connection,
): Promise<Answered<Content>> {
  for (let tries = 1; ; ) {
    const outcome = await attempt(call, read, connection);
    if (outcome.kind === 'answered') return outcome.answer;
    if (outcome.kind === 'refused') throw outcome.error;
    if (outcome.kind === 'unanswered' && tries === maxTries) throw outcome.error;
    const delayMs = Math.max(firstDelayMs * 2 ** (tries - 1), outcome.askedDelayMs);
    if (outcome.kind === 'unanswered') tries += 1;
    await connection.delay(delayMs, { abortSignal: call.signal });
  }
}

async function attempt<Content>(
  call: GatewayCall,
  read: (response: Response) => Promise<Content>,
  connection: Connection,
): Promise<Outcome<Content>> {
  call.signal?.throwIfAborted();
  const url = connection.baseUrl + call.path;
  try {
    const response = await connection.fetch(url, toInit(call, connection));
    if (!response.ok) return toFailure(response, await response.text(), { call, url });
    const headers = Object.fromEntries(response.headers);
    return { kind: 'answered', answer: { content: await read(response), headers } };
  } catch (cause) {
    call.signal?.throwIfAborted();
    const reason = cause instanceof Error ? cause.message : String(cause);
    const message = `No answer of ${new URL(url).origin} could be read: ${reason}. ${call.hint}`;
    const error = new APICallError({ ...describe({ call, url }), message, cause });
    return { kind: 'unanswered', error, askedDelayMs: 0 };
  }
}

function toInit({ method = 'GET', headers: given, body, signal }: GatewayCall, { apiKey }: Connection) {
  const headers = new Headers(given);
  headers.set('authorization', `Bearer ${apiKey}`);
  if (body !== undefined) headers.set('content-type', 'application/json');
  return {
    method,
    headers,
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(signal !== undefined && { signal }),
  };
}

interface Asked {
  readonly call: GatewayCall;
  readonly url: string;
}

function describe({ call: { body = {} }, url }: Asked) {
  return { url, requestBodyValues: body, isRetryable: false };
}

function toFailure(response: Response, responseBody: string, asked: Asked): Outcome<never> {
  const { status: statusCode } = response;
  const problem = problemSchema.safeParse(parseJson(responseBody)).data;
  const text = problem === undefined ? `The gateway answered with status ${statusCode}` : toText(problem);
  const isPassing = statusCode === 408 || statusCode === 429 || statusCode >= 500;
  const error = new APICallError({
    ...describe(asked),
    message: isPassing ? `${text}. ${asked.call.hint}` : text,
    statusCode,
    responseHeaders: Object.fromEntries(response.headers),
    responseBody,
    data: problem,
  });
  if (!isPassing) return { kind: 'refused', error };
  const askedDelayMs = readRetryAfterMs(response);
  if (askedDelayMs === undefined) return { kind: 'unanswered', error, askedDelayMs: 0 };
  return { kind: statusCode === 429 ? 'too_soon' : 'unanswered', error, askedDelayMs };
}

/** The gateway says whole seconds. */
function readRetryAfterMs({ headers }: Response): number | undefined {
  const given = headers.get('retry-after') ?? '';
  return /^\d{1,9}$/.test(given) ? Math.min(Number(given) * 1000, longestDelayMs) : undefined;
}

function toText({ detail, errors }: ReturnType<typeof problemSchema.parse>): string {
  return errors.length < 2 ? detail : errors.map(({ message }) => message).join('; ');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
