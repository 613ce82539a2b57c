import type { Context } from 'aws-lambda';
import type { HttpAnswer, HttpEvent } from '../../shared/http/http-event.ts';
import { holdRequestToContract } from './contract/hold-request-to-contract.ts';
import { holdToContract } from './contract/hold-to-contract.ts';

export interface ApiCall {
  readonly method?: string;
  /** May carry a query. */
  readonly path: string;
  /** Names in lower case. An empty value takes a default header away. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is, in base64 as API Gateway does with bytes. */
  readonly body?: string | Uint8Array;
}

/** An API Gateway event, payload format 2.0. */
export function anHttpEvent({ method = 'GET', path, headers = {}, json, body }: ApiCall): HttpEvent {
  const url = new URL(path, 'http://gateway.test');
  const type = json === undefined ? {} : { 'content-type': 'application/json' };
  const content = json === undefined ? body : JSON.stringify(json);
  const given = Object.entries({ ...type, ...headers }).filter(([, value]) => value !== '');
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: url.pathname,
    rawQueryString: url.search.slice(1),
    headers: Object.fromEntries(given),
    ...(url.search !== '' && { queryStringParameters: Object.fromEntries(url.searchParams) }),
    ...(content !== undefined && { body: toBody(content) }),
    isBase64Encoded: content instanceof Uint8Array,
    requestContext: {
      accountId: '000000000000',
      apiId: 'api',
      domainName: 'gateway.test',
      domainPrefix: 'gateway',
      http: { method, path: url.pathname, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'vitest' },
      requestId: 'request-1',
      routeKey: '$default',
      stage: '$default',
      time: '02/Mar/2026:10:00:00 +0000',
      timeEpoch: 1_772_445_600_000,
    },
  };
}

function toBody(content: string | Uint8Array): string {
  return typeof content === 'string' ? content : Buffer.from(content).toString('base64');
}

/** A form as bytes, with the content type that names its boundary. */
export async function encodeForm(form: FormData) {
  const response = new Response(form);
  const body = new Uint8Array(await response.arrayBuffer());
  return { body, headers: { 'content-type': response.headers.get('content-type') ?? '' } };
}

export interface ApiResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed where it is JSON, else the text. */
  readonly body: unknown;
}

export function toResponse({ statusCode, headers, body }: HttpAnswer): ApiResponse {
  const isJson = headers['content-type']?.includes('json') ?? false;
  return { status: statusCode, headers, body: isJson ? JSON.parse(body) : body };
}

/** The answer of the whole gateway to an event; throws ContractFault where the published contract has not the two. */
export function toContractedResponse(event: HttpEvent, answer: HttpAnswer): ApiResponse {
  const { requestContext, rawPath } = event;
  const { statusCode: status, headers, body } = answer;
  holdToContract({ method: requestContext.http.method, path: rawPath, status, headers, body });
  holdRequestToContract(event, status);
  return toResponse(answer);
}

export const lambdaContext: Context = {
  callbackWaitsForEmptyEventLoop: false,
  functionName: 'api',
  functionVersion: '$LATEST',
  invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:api',
  memoryLimitInMB: '512',
  awsRequestId: 'invocation-1',
  logGroupName: 'group',
  logStreamName: 'stream',
  getRemainingTimeInMillis: () => 29_000,
  done: () => undefined,
  fail: () => undefined,
  succeed: () => undefined,
};
