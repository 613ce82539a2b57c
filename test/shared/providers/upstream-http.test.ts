import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createUpstreamHttp, upstreamHttp as http } from '../../../shared/providers/upstream-http.ts';
import { type ScriptedUpstream, startScriptedUpstream } from '../../support/scripted-upstream.ts';

const { signal } = new AbortController();

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return address !== null && typeof address === 'object' ? `127.0.0.1:${address.port}` : '';
}

describe('upstream http', () => {
  let upstream: ScriptedUpstream;
  beforeEach(async () => {
    upstream = await startScriptedUpstream();
  });
  afterEach(() => upstream.close());

  it('sends JSON with its length and gives back status, headers and text', async () => {
    upstream.reply({ status: 201, headers: { 'x-trace': 'abc' }, body: 'Grüße' });
    const body = { prompt: '海螺' };
    const headers = { 'x-api-key': 'k' };
    const answer = await http({ method: 'POST', url: `${upstream.url}/a?b=c`, headers, body, signal });
    expect(answer).toMatchObject({ kind: 'answered', status: 201, text: 'Grüße' });
    expect(answer).toMatchObject({ headers: { 'x-trace': 'abc' } });
    expect(upstream.requests[0]).toMatchObject({ method: 'POST', path: '/a?b=c', body: '{"prompt":"海螺"}' });
    expect(upstream.requests[0]?.headers).toMatchObject({
      'x-api-key': 'k',
      accept: 'application/json',
      'content-type': 'application/json',
      'content-length': '19',
      'user-agent': expect.stringMatching(/^conch\//),
      host: new URL(upstream.url).host,
    });
  });

  it('uses a connection of its own for each request', async () => {
    upstream.reply({}, {});
    await http({ method: 'GET', url: upstream.url, headers: {}, signal });
    await http({ method: 'GET', url: upstream.url, headers: {}, signal });
    expect(upstream.requests.map(({ headers }) => headers['connection'])).toEqual(['close', 'close']);
    expect(upstream.requests[0]?.headers).not.toHaveProperty('content-type');
  });

  it('gives back a redirect instead of following it', async () => {
    upstream.reply({ status: 307, headers: { location: '/elsewhere' } });
    const answer = await http({ method: 'POST', url: upstream.url, headers: {}, body: {}, signal });
    expect(answer).toMatchObject({ kind: 'answered', status: 307 });
    expect(upstream.requests).toHaveLength(1);
  });

  it.each([
    ['an answer over 2 MiB', { body: 'x'.repeat(2 * 1024 * 1024 + 1) }],
    ['a reset connection', 'reset'],
    ['half an answer', 'truncate'],
  ] as const)('is lost after %s', async (_name, reply) => {
    upstream.reply(reply);
    const answer = await http({ method: 'POST', url: upstream.url, headers: {}, body: {}, signal });
    expect(answer.kind).toBe('lost');
  });

  it('reads an answer of exactly 2 MiB', async () => {
    upstream.reply({ body: 'x'.repeat(2 * 1024 * 1024) });
    const answer = await http({ method: 'GET', url: upstream.url, headers: {}, signal });
    expect(answer.kind).toBe('answered');
  });

  it('is lost when it is aborted after the request has arrived', async () => {
    upstream.reply('hang');
    const controller = new AbortController();
    const arrived = upstream.nextRequest();
    const request = { method: 'POST', url: upstream.url, headers: {}, body: {} } as const;
    const answer = http({ ...request, signal: controller.signal });
    await arrived;
    controller.abort();
    expect((await answer).kind).toBe('lost');
  });

  it('is not sent when it is aborted before it connects', async () => {
    const answer = await http({ method: 'GET', url: upstream.url, headers: {}, signal: AbortSignal.abort() });
    expect(answer.kind).toBe('not_sent');
    expect(upstream.requests).toHaveLength(0);
  });

  it('is not sent when a header cannot be sent, and does not show its value', async () => {
    const headers = { 'x-api-key': 'secret\nwith a line break' };
    const answer = await http({ method: 'GET', url: upstream.url, headers, signal });
    expect(answer).toMatchObject({ kind: 'not_sent', message: expect.not.stringContaining('secret') });
    expect(upstream.requests).toHaveLength(0);
  });

  it('is not sent when the connection is refused or the host is not known', async () => {
    await upstream.close();
    for (const url of [upstream.url, 'http://no-such-host.invalid/']) {
      const answer = await http({ method: 'POST', url, headers: {}, body: {}, signal });
      expect(answer).toMatchObject({ kind: 'not_sent', message: expect.stringContaining(new URL(url).host) });
    }
    upstream = await startScriptedUpstream();
  });

  it('is not sent when the other side does not speak TLS', async () => {
    const url = upstream.url.replace('http:', 'https:');
    const answer = await http({ method: 'POST', url, headers: {}, body: {}, signal });
    expect(answer.kind).toBe('not_sent');
    expect(upstream.requests).toHaveLength(0);
  });

  it('is not sent when the TLS handshake is not finished within the connect time-out', async () => {
    const silent = createServer((socket) => socket.on('error', () => socket.destroy()));
    const host = await listen(silent);
    const hurried = createUpstreamHttp({ connectTimeoutSeconds: 0.05 });
    const answer = await hurried({ method: 'POST', url: `https://${host}/`, headers: {}, body: {}, signal });
    expect(answer).toMatchObject({ kind: 'not_sent', message: expect.stringContaining('the time is up') });
    silent.close();
  });
});
