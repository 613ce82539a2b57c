import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { afterEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { startHttpFront } from '../../../../infra/local/http-front/http-front.ts';
import { requestTooLarge } from '../../../../infra/local/lambda-runtime/lambda-runtime.ts';
import { describeExcess } from '../../../../infra/local/lambda-runtime/payload-limit.ts';
import type { LocalServer } from '../../../../infra/local/local-server.ts';
import type { FunctionOutcome } from '../../../../infra/local/state-machine/run.ts';
import { systemTimerClock } from '../../../../infra/local/timer-clock.ts';

const routes = [
  { routeKey: '$default', functionArn: 'api' },
  { routeKey: 'ANY /files/{proxy+}', functionArn: 'files' },
  { routeKey: 'POST /callbacks/{provider}/{taskId}', functionArn: 'callback' },
];
const servers: LocalServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

type Invoke = (functionArn: string, event: unknown) => Promise<FunctionOutcome>;

async function start(invoke: Invoke): Promise<string> {
  const server = await startHttpFront({ routes, invoke, port: 0, clock: systemTimerClock });
  servers.push(server);
  return server.url;
}

const returning = (payload: unknown) => start(async () => ({ kind: 'returned', payload }));

const seenSchema = z.object({ functionArn: z.string(), event: z.custom<APIGatewayProxyEventV2>() });

/** Sends a request to a front whose functions answer with what they received. */
async function seen(path: string, init: RequestInit = {}) {
  const url = await start(async (functionArn, event) => ({
    kind: 'returned',
    payload: { functionArn, event },
  }));
  return seenSchema.parse(await (await fetch(`${url}${path}`, init)).json());
}

describe('startHttpFront, on the way in', () => {
  it.each([
    ['/anything', 'GET', 'api', undefined],
    ['/callbacks/p/7', 'POST', 'callback', { provider: 'p', taskId: '7' }],
    ['/callbacks/p/7', 'GET', 'api', undefined],
    ['/callbacks/p%20q/7', 'POST', 'callback', { provider: 'p q', taskId: '7' }],
    ['/callbacks/p/7/more', 'POST', 'api', undefined],
    ['/v1/videos/video_1', 'DELETE', 'api', undefined],
    ['/files/a/b', 'DELETE', 'files', { proxy: 'a/b' }],
  ])('routes %s by %s to %s', async (path, method, functionArn, pathParameters) => {
    const { functionArn: reached, event } = await seen(path, { method });
    expect(reached).toBe(functionArn);
    expect(event.pathParameters).toEqual(pathParameters);
  });

  it('describes the request in payload format 2.0', async () => {
    const { event } = await seen('/v1/videos?limit=2&tag=a&tag=b', {
      headers: { 'X-Api-Key': 'k', cookie: 'a=1; b=2', 'user-agent': 'probe' },
    });
    expect(event).toMatchObject({
      version: '2.0',
      routeKey: '$default',
      rawPath: '/v1/videos',
      rawQueryString: 'limit=2&tag=a&tag=b',
      queryStringParameters: { limit: '2', tag: 'a,b' },
      cookies: ['a=1', 'b=2'],
      headers: { 'x-api-key': 'k' },
      isBase64Encoded: false,
      requestContext: {
        stage: '$default',
        http: {
          method: 'GET',
          path: '/v1/videos',
          protocol: 'HTTP/1.1',
          sourceIp: '127.0.0.1',
          userAgent: 'probe',
        },
      },
    });
    expect(event.body).toBeUndefined();
  });

  it.each([
    ['application/json', '{"a":1}', false],
    ['application/problem+json', '{"a":1}', false],
    ['text/plain', 'ä', false],
    ['multipart/form-data; boundary=x', 'x', true],
    ['image/png', 'x', true],
  ])('hands over a body of %s', async (contentType, body, isBase64) => {
    const { event } = await seen('/', { method: 'POST', body, headers: { 'content-type': contentType } });
    expect(event.isBase64Encoded).toBe(isBase64);
    expect(Buffer.from(event.body ?? '', isBase64 ? 'base64' : 'utf8').toString()).toBe(body);
  });
});

describe('startHttpFront, before a function with the payload limit of Lambda', () => {
  const startLimited = () =>
    start(async (_functionArn, event) => {
      const excess = describeExcess('Request', JSON.stringify(event));
      return excess === undefined
        ? { kind: 'returned', payload: { statusCode: 200 } }
        : { kind: 'failed', errorType: requestTooLarge, errorMessage: excess };
    });
  const send = async (contentType: string, body: string | Uint8Array<ArrayBuffer>) =>
    fetch(await startLimited(), { method: 'POST', body, headers: { 'content-type': contentType } });
  const json = 'application/json';
  const form = 'multipart/form-data; boundary=x';

  it.each([
    ['JSON with an image of 4 MB', json, `{"image":"${'A'.repeat(5_333_336)}"}`],
    ['the longest JSON that the API takes', json, ' '.repeat(6_000_000)],
    ['the longest form that the API takes', form, new Uint8Array(4_600_000)],
  ])('hands over %s', async (_what, contentType, body) => {
    expect((await send(contentType, body)).status).toBe(200);
  });

  it.each([
    ['JSON', json, ' '.repeat(6_300_000)],
    ['JSON that is too long once its quotes are escaped', json, '"'.repeat(3_500_000)],
    ['a form', form, new Uint8Array(4_750_000)],
  ])('answers 413 as API Gateway does for %s', async (_what, contentType, body) => {
    const answer = await send(contentType, body);
    expect([answer.status, await answer.json()]).toEqual([413, { message: 'Request Entity Too Large' }]);
  });
});

describe('startHttpFront, on the way out', () => {
  it('answers with status, headers, cookies and body of the result', async () => {
    const url = await returning({
      statusCode: 201,
      headers: { 'X-Probe': 'yes', 'content-type': 'application/json' },
      cookies: ['a=1', 'b=2'],
      body: '{"b":1}',
    });
    const answer = await fetch(url);
    expect(answer.status).toBe(201);
    expect(answer.headers.get('x-probe')).toBe('yes');
    expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(await answer.json()).toEqual({ b: 1 });
  });

  it('decodes a base64 body', async () => {
    const url = await returning({ statusCode: 200, body: 'AAEC', isBase64Encoded: true });
    expect(new Uint8Array(await (await fetch(url)).arrayBuffer())).toEqual(new Uint8Array([0, 1, 2]));
  });

  it('answers a result without status as JSON', async () => {
    const answer = await fetch(await returning({ plain: true }));
    expect([answer.status, await answer.json()]).toEqual([200, { plain: true }]);
  });

  it('passes a redirect on unfollowed', async () => {
    const url = await returning({ statusCode: 302, headers: { location: 'http://127.0.0.1:9/x' } });
    const answer = await fetch(url, { redirect: 'manual' });
    expect([answer.status, answer.headers.get('location')]).toEqual([302, 'http://127.0.0.1:9/x']);
  });

  it('answers HEAD with the length but without the body', async () => {
    const answer = await fetch(await returning({ statusCode: 200, body: 'four' }), { method: 'HEAD' });
    expect([answer.headers.get('content-length'), await answer.text()]).toEqual(['4', '']);
  });

  it('answers 500 as API Gateway does when the function failed', async () => {
    const url = await start(async () => ({ kind: 'failed', errorType: 'E', errorMessage: 'secret' }));
    const answer = await fetch(url);
    expect([answer.status, await answer.json()]).toEqual([500, { message: 'Internal Server Error' }]);
  });

  it.each([
    ['over the limit of the HTTP API', 12 * 1024 * 1024],
    ['over the limit of a function', 8 * 1024 * 1024],
  ])('answers 413 as API Gateway does for a body %s', async (_what, bytes) => {
    const url = await start(async () => ({
      kind: 'failed',
      errorType: 'RequestEntityTooLargeException',
      errorMessage: 'too large',
    }));
    const answer = await fetch(url, { method: 'POST', body: Buffer.alloc(bytes) });
    expect(answer.status).toBe(413);
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(await answer.json()).toEqual({ message: 'Request Entity Too Large' });
  });
});
