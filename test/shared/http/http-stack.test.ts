import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { NotFoundError } from '../../../shared/errors.ts';
import { jsonAnswer } from '../../../shared/http/http-event.ts';
import { httpHandler } from '../../../shared/http/http-stack.ts';
import { logger } from '../../../shared/logger.ts';
import { type ApiCall, anHttpEvent, lambdaContext, toResponse } from '../../support/http-events.ts';

const lines: string[] = [];
beforeEach(() => {
  lines.length = 0;
  logger.setLogLevel('INFO');
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
  }
});
afterEach(() => {
  vi.restoreAllMocks();
  logger.setLogLevel('SILENT');
});

async function call(answer: () => Promise<never>, call: ApiCall = { path: '/secret-path' }) {
  return toResponse(await httpHandler(answer)(anHttpEvent(call), lambdaContext));
}
const failing = (error: Error) => async () => {
  throw error;
};

describe('the HTTP stack', () => {
  it('puts the request id on an answer', async () => {
    const handler = httpHandler(async () => jsonAnswer(200, {}));

    const { headers } = await handler(anHttpEvent({ path: '/' }), lambdaContext);

    expect(headers).toMatchObject({ 'x-request-id': 'request-1' });
  });

  it('hides what was unexpected from the caller', async () => {
    const { status, body } = await call(failing(new TypeError('the table is called x')));

    expect(status).toBe(500);
    expect(body).toMatchObject({ code: 'internal_error', error: { type: 'api_error' } });
    expect(JSON.stringify(body)).not.toContain('table');
  });

  it('tells a client not to repeat an order that may have been placed', async () => {
    const failed = failing(new Error('broken'));
    const key = { 'idempotency-key': 'k' };
    const count = { 'x-stainless-retry-count': '0' };

    const [bare, keyed, counted, read] = await Promise.all([
      call(failed, { method: 'POST', path: '/v1/videos' }),
      call(failed, { method: 'POST', path: '/v1/videos', headers: key }),
      call(failed, { method: 'POST', path: '/v1/videos', headers: count }),
      call(failed, { path: '/' }),
    ]);

    expect(bare.headers).toMatchObject({ 'x-should-retry': 'false' });
    expect(keyed.headers).not.toHaveProperty('x-should-retry');
    expect(counted.headers).not.toHaveProperty('x-should-retry');
    expect(read.headers).not.toHaveProperty('x-should-retry');
  });

  it.each([
    ['POST', '/v1/videos/video_331ac6c1e3d7ead4/cancel', undefined],
    ['POST', '/v1/videos/video_331ac6c1e3d7ead4/retry', undefined],
    ['DELETE', '/v1/videos/video_331ac6c1e3d7ead4', undefined],
    ['POST', '/v1/videos/video_331ac6c1e3d7ead4/remix', 'false'],
    ['POST', '/v1/videos', 'false'],
    ['POST', '/v1/videos/quote', undefined],
    ['POST', '/v1/uploads', undefined],
    ['POST', '/v1/webhook_endpoints', 'false'],
  ])(
    'says of a %s of %s that broke whether its repeat could buy something',
    async (method, path, expected) => {
      const { status, headers } = await call(failing(new Error('broken')), { method, path });

      expect([status, headers['x-should-retry']]).toEqual([500, expected]);
    },
  );

  it.each([
    ['/v1/videos', undefined],
    ['/v1/videos/', undefined],
    ['/v1/videos/video_331ac6c1e3d7ead4/remix', undefined],
    ['/v1/webhook_endpoints', 'false'],
    ['/v1/webhook_endpoints/we_1/rotate_secret', 'false'],
    ['/v1/webhook_deliveries/msg_1/replay', 'false'],
  ])('lets a key count only where it is read: POST %s', async (path, expected) => {
    const headers = { 'idempotency-key': 'k', 'x-stainless-retry-count': '0' };

    const answer = await call(failing(new Error('broken')), { method: 'POST', path, headers });

    expect(answer.headers['x-should-retry']).toBe(expected);
  });

  it('lets a client repeat what was refused for a moment', async () => {
    const busy = Object.assign(new Error('busy'), { name: 'TransactionCanceledException' });

    expect(await call(failing(busy))).toMatchObject({
      status: 503,
      headers: { 'retry-after': '1', 'x-should-retry': 'true' },
      body: { code: 'temporarily_unavailable' },
    });
  });

  it('logs what was unexpected once, with its cause and the request id', async () => {
    await call(failing(new TypeError('broken', { cause: new Error('the disk is full') })));

    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 'ERROR', requestId: 'request-1' });
    expect(lines[0]).toContain('the disk is full');
    expect(lines[0]).not.toContain('secret-path');
  });

  it('logs of a refusal the code, and neither path nor message', async () => {
    await call(failing(new NotFoundError('The link /v/1/secret.mp4')));

    expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ level: 'INFO', code: 'not_found' }]);
    expect(lines.join()).not.toContain('secret');
  });
});
