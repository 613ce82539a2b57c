import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { localAccount } from '../template/resource-identities.ts';
import type { RouteMatch } from './match-route.ts';

/** Content types that API Gateway hands over as text; every other body is base64. */
const textContentType = /^(text\/|application\/(json|javascript|xml)\b|application\/[\w.-]+\+(json|xml)\b)/i;

export interface ReceivedRequest {
  readonly message: IncomingMessage;
  readonly url: URL;
  readonly body: Buffer;
  readonly receivedAt: Date;
}

/** An API Gateway event of payload format 2.0. */
export function toHttpEvent(request: ReceivedRequest, match: RouteMatch): APIGatewayProxyEventV2 {
  const { message, url, body } = request;
  const { cookie, ...headers } = joinHeaders(message);
  const query = joinQuery(url.searchParams);
  const isText = body.length === 0 || textContentType.test(headers['content-type'] ?? '');
  return {
    version: '2.0',
    routeKey: match.route.routeKey,
    rawPath: url.pathname,
    rawQueryString: url.search.slice(1),
    ...(cookie === undefined ? {} : { cookies: cookie.split(/; */) }),
    headers,
    ...(url.search.length > 1 ? { queryStringParameters: query } : {}),
    ...(Object.keys(match.pathParameters).length > 0 ? { pathParameters: { ...match.pathParameters } } : {}),
    requestContext: toRequestContext(request, match),
    ...(body.length > 0 ? { body: body.toString(isText ? 'utf8' : 'base64') } : {}),
    isBase64Encoded: !isText,
  };
}

function toRequestContext({ message, url, receivedAt }: ReceivedRequest, { route }: RouteMatch) {
  return {
    accountId: localAccount,
    apiId: 'local',
    domainName: url.hostname,
    domainPrefix: url.hostname.split('.')[0] ?? '',
    http: {
      method: message.method ?? 'GET',
      path: url.pathname,
      protocol: `HTTP/${message.httpVersion}`,
      sourceIp: message.socket.remoteAddress ?? '',
      userAgent: message.headers['user-agent'] ?? '',
    },
    requestId: randomUUID(),
    routeKey: route.routeKey,
    stage: '$default',
    time: toCommonLogTime(receivedAt),
    timeEpoch: receivedAt.getTime(),
  };
}

function joinHeaders(message: IncomingMessage): Record<string, string> {
  const distinct = Object.entries(message.headersDistinct);
  return Object.fromEntries(
    distinct.map(([name, values = []]) => [name, values.join(name === 'cookie' ? '; ' : ',')]),
  );
}

function joinQuery(parameters: URLSearchParams): Record<string, string> {
  const names = [...new Set(parameters.keys())];
  return Object.fromEntries(names.map((name) => [name, parameters.getAll(name).join(',')]));
}

/** `20/Nov/2026:14:07:00 +0000` */
function toCommonLogTime(at: Date): string {
  const [, day, month, year, time] = /^\w+, (\d+) (\w+) (\d+) ([\d:]+)/.exec(at.toUTCString()) ?? [];
  return `${day}/${month}/${year}:${time} +0000`;
}
