import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { FetchFailedError, UnsafeFetchError } from '../../../shared/errors.ts';
import { createSafePost } from '../../../shared/media/safe-post.ts';
import { startOrigin } from './origins.ts';

const message = { headers: { 'content-type': 'application/json', 'x-own': '1' }, body: '{"a":"ü"}' };
const resolveTo = (address: string) => async () => [{ address, family: 4 }];

describe('safePost', () => {
  it('sends the body as it is, with its headers, and tells what came back', async () => {
    const origin = await startOrigin(async (request, response) => {
      const { method, url, headers } = request;
      const body = await text(request);
      response.writeHead(201, { 'retry-after': '7' });
      response.end([method, url, headers['x-own'], headers['content-length'], body].join(' '));
    });
    const post = createSafePost({ trustedOrigins: [origin] });

    expect(await post(`${origin}/hook?a=b`, message)).toMatchObject({
      status: 201,
      headers: { 'retry-after': '7' },
      text: 'POST /hook?a=b 1 10 {"a":"ü"}',
    });
  });

  it.each([
    'https://127.0.0.1/',
    'https://[::1]/',
    'https://169.254.169.254/latest/meta-data/',
    'https://192.168.0.1/',
    'https://localhost/',
    'https://user:secret@example.com/',
    'http://example.com/',
    'ftp://example.com/',
    'no url',
  ])('sends nothing to %s', async (url) => {
    await expect(createSafePost({ trustedOrigins: [] })(url, message)).rejects.toThrow(UnsafeFetchError);
  });

  it('connects to nothing when a public name leads to a private address', async () => {
    let connections = 0;
    const origin = await startOrigin((_request, response) => {
      connections += 1;
      response.end();
    });
    const post = createSafePost({ trustedOrigins: [], lookup: resolveTo('127.0.0.1') });

    await expect(post(`https://public.test:${new URL(origin).port}/`, message)).rejects.toThrow(
      'public.test is not on the public internet',
    );
    expect(connections).toBe(0);
  });

  it('sends a message by plain http only where it takes that, and to a public address all the same', async () => {
    let connections = 0;
    const origin = await startOrigin((_request, response) => {
      connections += 1;
      response.end();
    });
    const url = `http://public.test:${new URL(origin).port}/`;
    const post = createSafePost({ trustedOrigins: [], lookup: resolveTo('127.0.0.1') });

    await expect(post(url, message)).rejects.toThrow('only https:// is fetched');
    const rejected = expect(post(url, { ...message, takesHttp: true })).rejects;
    await rejected.toThrow('public.test is not on the public internet');
    expect(connections).toBe(0);
  });

  it('follows no redirect', async () => {
    const paths: (string | undefined)[] = [];
    const origin = await startOrigin((request, response) => {
      paths.push(request.url);
      response.writeHead(307, { location: '/elsewhere' }).end();
    });

    expect(await createSafePost({ trustedOrigins: [origin] })(`${origin}/hook`, message)).toMatchObject({
      status: 307,
      headers: { location: '/elsewhere' },
    });
    expect(paths).toEqual(['/hook']);
  });

  it('reads the beginning of an answer that has no end', async () => {
    const origin = await startOrigin((_request, response) => {
      response.writeHead(200);
      const write = () => response.write('a'.repeat(10_000), (error) => error ?? write());
      write();
    });

    const answer = await createSafePost({ trustedOrigins: [origin] })(origin, message);

    expect([answer.status, answer.text]).toEqual([200, 'a'.repeat(4096)]);
  });

  it('takes a status whose body never comes for what it is', async () => {
    const origin = await startOrigin((_request, response) => response.writeHead(200).flushHeaders());

    const answer = await createSafePost({ trustedOrigins: [origin], timeoutMs: 1000 })(origin, message);

    expect([answer.status, answer.text]).toEqual([200, '']);
  });

  it('gives up who does not answer', async () => {
    const origin = await startOrigin(() => undefined);
    const post = createSafePost({ trustedOrigins: [origin], timeoutMs: 100 });

    await expect(post(origin, message)).rejects.toThrow('127.0.0.1 took longer than 0.1 s');
  });

  it('fails when nobody is there', async () => {
    const post = createSafePost({ trustedOrigins: ['http://127.0.0.1:1'] });

    await expect(post('http://127.0.0.1:1/secret', message)).rejects.toThrow(
      new FetchFailedError('127.0.0.1 could not be fetched (ECONNREFUSED)'),
    );
  });
});
