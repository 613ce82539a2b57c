import { isUtf8 } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { localAccount } from '../template/resource-identities.ts';
import type { RouteMatch } from './match-route.ts';

/** Content types that API Gateway hands over as text; every other body is base64. */
const textContentType = /^(text\/|application\/(json|javascript|xml)\b|application\/[\w.-]+\+(json|xml)\b)/i;

export interface ReceivedRequest {
  readonly message: IncomingMessage;
  /** As sent: neither decoded nor normalized. */
  readonly path: string;
  /** Without the question mark. */
  readonly query: string;
  readonly body: Buffer;
  readonly receivedAt: Date;
}

/** An API Gateway event of payload format 2.0. */
export function toHttpEvent(request: ReceivedRequest, match: RouteMatch): APIGatewayProxyEventV2 {
  const { message, path, query, body } = request;
  const { cookie, ...headers } = joinHeaders(message);
  const isTextType = textContentType.test(headers['content-type'] ?? '');
  // Bytes that are no text whatever their type says travel unchanged.
  const isText = body.length === 0 || (isTextType && isUtf8(body));
  return {
    version: '2.0',
    routeKey: match.route.routeKey,
    rawPath: path,
    rawQueryString: query,
    ...(cookie === undefined ? {} : { cookies: cookie.split(/; */) }),
    headers,
    ...(query === '' ? {} : { queryStringParameters: joinQuery(new URLSearchParams(query)) }),
    ...(Object.keys(match.pathParameters).length > 0 ? { pathParameters: { ...match.pathParameters } } : {}),
    requestContext: toRequestContext(request, match),
    ...(body.length > 0 ? { body: body.toString(isText ? 'utf8' : 'base64') } : {}),
    isBase64Encoded: !isText,
  };
}

function toRequestContext({ message, path, receivedAt }: ReceivedRequest, { route }: RouteMatch) {
  const [domainName = ''] = (message.headers.host ?? '').split(':');
  return {
    accountId: localAccount,
    apiId: 'local',
    domainName,
    domainPrefix: domainName.split('.')[0] ?? '',
    http: {
      method: message.method ?? 'GET',
      path,
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
