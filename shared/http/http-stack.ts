import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { type ConchError, errorStatuses } from '../errors.ts';
import { logger } from '../logger.ts';
import type { HttpAnswer, HttpEvent } from './http-event.ts';
import { getIdempotencyKey } from './idempotency-key.ts';
import { problemAnswer } from './problem.ts';
import { getRetryCount } from './retry-count.ts';
import { toConchError } from './to-conch-error.ts';

type HttpFunction = (event: HttpEvent, context: Context) => Promise<HttpAnswer>;

/** The stack of an HTTP function: answers carry `x-request-id`, errors become problems logged once. */
export function httpHandler(answer: HttpFunction) {
  return middy<HttpEvent, HttpAnswer>()
    .after((request) => {
      if (request.response) request.response = withRequestId(request.response, request.event);
    })
    .onError((request) => {
      request.response = withRequestId(answerError(request.error, request.event), request.event);
    })
    .handler(answer);
}

/** The problem that was thrown, logged. */
export function answerError(thrown: unknown, event: HttpEvent): HttpAnswer {
  const error = toConchError(thrown);
  const { requestId } = event.requestContext;
  // No path: those of links and callbacks hold secrets.
  if (errorStatuses[error.code] >= 500) logger.error('The request failed', { error, requestId });
  else logger.info('The request was refused', { code: error.code, requestId });
  return withRetryAdvice(problemAnswer(error), error, isSafeToRepeat(event));
}

/** Tells clients, which repeat by themselves after a 5xx, not to where a repeat could do it a second time. */
export function withRetryAdvice(answer: HttpAnswer, { code }: ConchError, isSafe: boolean): HttpAnswer {
  if (code !== 'internal_error' || isSafe) return answer;
  return { ...answer, headers: { ...answer.headers, 'x-should-retry': 'false' } };
}

/** Whether a repeat of an order is known as one; without a key or a count it could buy a second video. */
export function isMarked(event: HttpEvent): boolean {
  return getIdempotencyKey(event) !== undefined || getRetryCount(event) !== undefined;
}

/** A task is canceled once, and has one retry; a quote and an upload are nothing that anybody keeps. */
const repeatablePaths = /^\/v1\/(videos\/[^/]+\/(cancel|retry)|videos\/quote|uploads)\/?$/;
/** The orders: nothing else reads what marks a repeat. */
const markedPaths = /^\/v1\/videos(\/[^/]+\/remix)?\/?$/;

function isSafeToRepeat(event: HttpEvent): boolean {
  const { method, path } = event.requestContext.http;
  if (method !== 'POST' || repeatablePaths.test(path)) return true;
  return markedPaths.test(path) && isMarked(event);
}

function withRequestId(answer: HttpAnswer, event: HttpEvent): HttpAnswer {
  return { ...answer, headers: { ...answer.headers, 'x-request-id': event.requestContext.requestId } };
}
