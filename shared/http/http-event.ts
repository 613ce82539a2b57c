import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';

/** A request as API Gateway hands it over, payload format 2.0: header names are in lower case. */
export type HttpEvent = APIGatewayProxyEventV2;

export interface HttpAnswer extends APIGatewayProxyStructuredResultV2 {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Nothing that we answer may be kept by a cache: it is about one customer, or a link that dies. */
const uncached = { 'cache-control': 'no-store' };

export function jsonAnswer(
  statusCode: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): HttpAnswer {
  const type = { 'content-type': 'application/json' };
  return { statusCode, headers: { ...type, ...uncached, ...headers }, body: JSON.stringify(body) };
}

export function textAnswer(contentType: string, body: string): HttpAnswer {
  return { statusCode: 200, headers: { 'content-type': contentType, ...uncached }, body };
}

export function redirectAnswer(location: string): HttpAnswer {
  return { statusCode: 302, headers: { location, ...uncached }, body: '' };
}
