import type * as z from 'zod';
import { errorMeanings } from '../../shared/contract/error-meanings.ts';
import { problemSchema } from '../../shared/contract/problem.ts';
import { type ErrorCode, errorStatuses } from '../../shared/errors.ts';
import { codeHeaders } from '../../shared/http/problem.ts';
import { apiRows } from '../api/routes.ts';
import { accountOperations } from './account-operations.ts';
import { gatewayOperations } from './gateway-operations.ts';
import { answerHeaders, type HeaderName } from './headers.ts';
import type { Method, Operation, OperationAnswer } from './operation.ts';
import { videoOperations } from './video-operations.ts';
import { webhookOperations } from './webhook-operations.ts';

/** One operation of the contract, with every answer that it can have. */
export interface Entry extends Omit<Operation, 'tag' | 'errors'> {
  readonly method: Method;
  readonly path: string;
  readonly isKeyed: boolean;
  readonly tags: readonly string[];
  /** Of the path's and the query's parameters; absent where all are text. */
  readonly parameterSchema?: z.ZodType;
}

const operations = { ...videoOperations, ...webhookOperations, ...accountOperations };

/** Every endpoint of our own API. Throws for a route without an operation, and for an operation without a route. */
export function apiEntries(): Entry[] {
  const entries = apiRows.map(({ method, path, schema, isKeyed }): Entry => {
    const operation = operations[`${method} ${path}`];
    if (operation === undefined) throw new Error(`${method} ${path} has no operation in functions/docs`);
    return toEntry({ method, path, isKeyed, operation, parameterSchema: schema });
  });
  const unserved = Object.keys(operations).length - entries.length;
  if (unserved !== 0) throw new Error(`${unserved} operations in functions/docs have no route`);
  return entries;
}

/** What other functions serve. */
export function gatewayEntries(): Entry[] {
  return Object.entries(gatewayOperations).map(([key, { tag, ...operation }]) => {
    const [method = '', path = ''] = key.split(' ');
    return { ...operation, method: method === 'GET' ? 'GET' : 'POST', path, isKeyed: false, tags: [tag] };
  });
}

interface ServedOperation extends Pick<Entry, 'method' | 'path' | 'isKeyed' | 'parameterSchema'> {
  readonly operation: Operation;
}

function toEntry({ operation, ...served }: ServedOperation): Entry {
  const { tag, errors = [], ...told } = operation;
  const codes = [...commonErrors({ ...served, operation }), ...errors];
  const statuses = [...new Set(codes.map((code) => errorStatuses[code]))].sort();
  const problems = statuses.map((status) =>
    toProblemAnswer(
      status,
      [...new Set(codes)].filter((code) => errorStatuses[code] === status),
    ),
  );
  return { ...told, ...served, tags: [tag], answers: [...told.answers, ...problems] };
}

const keyErrors = ['missing_key', 'invalid_key', 'rate_limited', 'temporarily_unavailable'] as const;

function commonErrors({ isKeyed, operation: { parameters, body } }: ServedOperation): ErrorCode[] {
  return [
    ...(isKeyed ? keyErrors : []),
    ...(parameters === undefined ? [] : (['invalid_query'] as const)),
    ...(body === undefined ? [] : (['invalid_json', 'request_too_large', 'invalid_request'] as const)),
    ...(body?.isForm === true ? (['invalid_multipart', 'unsupported_media_type'] as const) : []),
    'internal_error',
  ];
}

function toProblemAnswer(status: number, codes: readonly ErrorCode[]): OperationAnswer {
  const names = codes.flatMap((code) => Object.keys(codeHeaders[code] ?? {}));
  const headers = [...new Set([...names, ...extraHeaders(status, codes)])].filter(isHeaderName);
  const description = codes.map((code) => `\`${code}\`: ${errorMeanings[code]}`).join('\n\n');
  return { status, description, headers, content: { 'application/problem+json': problemSchema } };
}

/** What is added to a problem depending on the request. */
function extraHeaders(status: number, codes: readonly ErrorCode[]): HeaderName[] {
  if (status === 500) return ['x-should-retry'];
  if (codes.includes('rate_limited')) return ['retry-after'];
  return codes.includes('video_not_ready') ? ['openai-poll-after-ms'] : [];
}

function isHeaderName(name: string): name is HeaderName {
  return Object.hasOwn(answerHeaders, name);
}
