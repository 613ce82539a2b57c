import { text } from 'node:stream/consumers';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { beforeAll, describe, expect, it } from 'vitest';
import { FetchFailedError, ResponseTooLargeError, UnsafeFetchError } from '../../../shared/errors.ts';
import { createSafeFetch } from '../../../shared/media/safe-fetch.ts';
import { certificate } from './origin-certificate.ts';
import { startOrigin, startTlsOrigin } from './origins.ts';

const limits = { timeoutMs: 5_000, maxBytes: 1_000 };
const resolveTo =
  (...addresses: string[]) =>
  async () =>
    addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));

describe('safeFetch', () => {
  it('fetches from a trusted origin although it is private and plain http', async () => {
    const origin = await startOrigin((request, response) => response.end(`${request.method} ${request.url}`));

    const response = await createSafeFetch({ trustedOrigins: [origin] })(`${origin}/a?b=c`, limits);

    expect(response.status).toBe(200);
    expect(await text(response.body)).toBe('GET /a?b=c');
  });

  it('refuses another port of a trusted host', async () => {
    const origin = await startOrigin((_request, response) => response.end());
    const safeFetch = createSafeFetch({ trustedOrigins: ['http://127.0.0.1:1'] });

    await expect(safeFetch(origin, limits)).rejects.toThrow(UnsafeFetchError);
  });

  it('refuses a trusted host under another name', async () => {
    const origin = await startOrigin((_request, response) => response.end());
    const safeFetch = createSafeFetch({ trustedOrigins: [origin] });

    await expect(safeFetch(origin.replace('127.0.0.1', 'localhost'), limits)).rejects.toThrow(
      UnsafeFetchError,
    );
  });

  it.each([
    'https://127.0.0.1/',
    'https://127.1/',
    'https://2130706433/',
    'https://0x7f000001/',
    'https://0177.0.0.1/',
    'https://0/',
    'https://localhost/',
    'https://[::1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[::ffff:7f00:1]/',
    'https://[64:ff9b::7f00:1]/',
    'https://[fd00:ec2::254]/',
    'https://169.254.169.254/latest/meta-data/',
    'https://10.0.0.1/',
    'https://172.16.0.1/',
    'https://192.168.0.1/',
    'https://100.64.0.1/',
    'https://user:secret@example.com/',
    'http://example.com/',
    'ftp://example.com/',
    'file:///etc/passwd',
    'data:text/plain,hello',
    'not a url',
  ])('refuses %s', async (url) => {
    await expect(createSafeFetch({ trustedOrigins: [] })(url, limits)).rejects.toThrow(UnsafeFetchError);
  });

  it('opens no connection to a private address that a name resolves to', async () => {
    let connections = 0;
    const port = await startTlsOrigin(
      () => undefined,
      () => {
        connections += 1;
      },
    );
    const safeFetch = createSafeFetch({ trustedOrigins: [], lookup: resolveTo('127.0.0.1', '10.0.0.1') });

    await expect(safeFetch(`https://public.test:${port}/`, limits)).rejects.toThrow(
      'public.test is not on the public internet',
    );
    expect(connections).toBe(0);
  });

  it('connects to nothing but what one lookup found public when the name is rebound', async () => {
    let lookups = 0;
    const lookup = async () => {
      lookups += 1;
      return resolveTo(lookups === 1 ? '2a00::dead' : '127.0.0.1')();
    };
    const safeFetch = createSafeFetch({ trustedOrigins: [], lookup });

    await expect(safeFetch('https://rebound.test/', { ...limits, timeoutMs: 500 })).rejects.toThrow(
      FetchFailedError,
    );
    expect(lookups).toBe(1);
    await expect(safeFetch('https://rebound.test/', limits)).rejects.toThrow(UnsafeFetchError);
  });

  it('fetches by plain http only where a call takes that, and from a public address all the same', async () => {
    let connections = 0;
    const origin = await startOrigin((_request, response) => {
      connections += 1;
      response.end();
    });
    const url = `http://public.test:${new URL(origin).port}/`;
    const safeFetch = createSafeFetch({ trustedOrigins: [], lookup: resolveTo('127.0.0.1') });

    await expect(safeFetch(url, limits)).rejects.toThrow('only https:// is fetched');
    for (const refused of [url, origin, 'http://[::1]/', 'http://169.254.169.254/']) {
      const rejected = expect(safeFetch(refused, { ...limits, takesHttp: true })).rejects;
      await rejected.toThrow('is not on the public internet');
    }
    expect(connections).toBe(0);
  });

  it.each(['http://user:secret@example.com/', 'ftp://example.com/', 'file:///etc/passwd'])(
    'refuses %s also where a call takes plain http',
    async (url) => {
      const refused = createSafeFetch({ trustedOrigins: [] })(url, { ...limits, takesHttp: true });

      await expect(refused).rejects.toThrow(UnsafeFetchError);
    },
  );

  it.each([
    ['ftp://public.test/a', false, 'public.test is addressed by ftp://, only https:// is fetched'],
    [
      'ftp://public.test/a',
      true,
      'public.test is addressed by ftp://, only http:// and https:// are fetched',
    ],
    ['file:///etc/passwd', false, 'The URL is addressed by file:, only https:// is fetched'],
    ['data:text/plain,a', true, 'The URL is addressed by data:, only http:// and https:// are fetched'],
  ])('names what is fetched in place of %s where http is taken: %s', async (url, takesHttp, reason) => {
    const refused = createSafeFetch({ trustedOrigins: [] })(url, { ...limits, takesHttp });

    await expect(refused).rejects.toThrow(new UnsafeFetchError(reason));
  });

  it('does not name the path or the query of a refused URL', async () => {
    const refused = createSafeFetch({ trustedOrigins: [] })('https://10.0.0.1/path?token=secret', limits);

    await expect(refused).rejects.toThrow(
      /^10\.0\.0\.1 is not on the public internet, so it is not fetched$/,
    );
  });
});

describe('safeFetch at a redirect', () => {
  it('follows up to three, relative ones too', async () => {
    const origin = await startOrigin((request, response) => {
      const step = Number(request.url?.slice(1));
      if (step === 0) response.end('there');
      else response.writeHead(302, { location: `/${step - 1}` }).end();
    });
    const safeFetch = createSafeFetch({ trustedOrigins: [origin] });

    expect(await text((await safeFetch(`${origin}/3`, limits)).body)).toBe('there');
    await expect(safeFetch(`${origin}/4`, limits)).rejects.toThrow('redirects more than 3 times');
  });

  it.each([
    'https://127.0.0.1/',
    'http://169.254.169.254/',
    'file:///etc/passwd',
    'ftp://example.com/',
    'http://[',
  ])('refuses the way to %s', async (location) => {
    const origin = await startOrigin((_request, response) => response.writeHead(302, { location }).end());

    await expect(createSafeFetch({ trustedOrigins: [origin] })(origin, limits)).rejects.toThrow(
      UnsafeFetchError,
    );
  });

  it.each([
    ['http://public.test/', 'is not on the public internet'],
    ['https://public.test/', 'is not on the public internet'],
    ['ftp://public.test/', 'is addressed by ftp://'],
  ])('goes on from plain http to %s as it would begin there', async (location, reason) => {
    const origin = await startOrigin((_request, response) => response.writeHead(302, { location }).end());
    const safeFetch = createSafeFetch({ trustedOrigins: [origin], lookup: resolveTo('10.0.0.1') });

    await expect(safeFetch(origin, { ...limits, takesHttp: true })).rejects.toThrow(reason);
  });

  it('refuses the way to another private origin when only the first is trusted', async () => {
    const other = await startOrigin((_request, response) => response.end());
    const origin = await startOrigin((_request, response) =>
      response.writeHead(302, { location: other }).end(),
    );

    await expect(createSafeFetch({ trustedOrigins: [origin] })(origin, limits)).rejects.toThrow(
      UnsafeFetchError,
    );
  });
});

describe('safeFetch over TLS', () => {
  beforeAll(() => setDefaultCACertificates([...getCACertificates('default'), certificate]));

  it('fetches when the certificate belongs to the name', async () => {
    const port = await startTlsOrigin((_request, response) => response.end('sealed'));
    const origin = `https://public.test:${port}`;
    const safeFetch = createSafeFetch({ trustedOrigins: [origin], lookup: resolveTo('127.0.0.1') });

    expect(await text((await safeFetch(`${origin}/`, limits)).body)).toBe('sealed');
  });

  it('fails when the certificate belongs to another name', async () => {
    const port = await startTlsOrigin((_request, response) => response.end('sealed'));
    const origin = `https://other.test:${port}`;
    const safeFetch = createSafeFetch({ trustedOrigins: [origin], lookup: resolveTo('127.0.0.1') });

    await expect(safeFetch(origin, limits)).rejects.toThrow('(ERR_TLS_CERT_ALTNAME_INVALID)');
  });

  it('refuses a redirect from https to http even when both are trusted', async () => {
    const plain = await startOrigin((_request, response) => response.end());
    const port = await startTlsOrigin((_request, response) =>
      response.writeHead(302, { location: plain }).end(),
    );
    const origin = `https://public.test:${port}`;
    const safeFetch = createSafeFetch({ trustedOrigins: [origin, plain], lookup: resolveTo('127.0.0.1') });

    for (const takesHttp of [false, true]) {
      const refused = safeFetch(origin, { ...limits, takesHttp });
      await expect(refused).rejects.toThrow('redirects from https:// to http://');
    }
  });
});

describe('safeFetch at its limits', () => {
  it('refuses a length above the limit before it reads the body', async () => {
    const origin = await startOrigin((_request, response) => {
      response.writeHead(200, { 'content-length': 1_001 }).flushHeaders();
    });

    await expect(createSafeFetch({ trustedOrigins: [origin] })(origin, limits)).rejects.toThrow(
      ResponseTooLargeError,
    );
  });

  it('breaks off and hangs up when a body of unknown length grows above the limit', async () => {
    const hungUp = Promise.withResolvers<void>();
    const origin = await startOrigin((_request, response) => {
      response.on('close', hungUp.resolve);
      response.write('x'.repeat(1_001));
    });

    const { body } = await createSafeFetch({ trustedOrigins: [origin] })(origin, limits);

    await expect(text(body)).rejects.toThrow(ResponseTooLargeError);
    await hungUp.promise;
  });

  it('takes a body of exactly the limit', async () => {
    const origin = await startOrigin((_request, response) => response.end('x'.repeat(1_000)));

    const { body } = await createSafeFetch({ trustedOrigins: [origin] })(origin, limits);

    expect(await text(body)).toHaveLength(1_000);
  });

  it('fails when no answer comes in time', async () => {
    const origin = await startOrigin(() => undefined);
    const safeFetch = createSafeFetch({ trustedOrigins: [origin] });

    await expect(safeFetch(origin, { ...limits, timeoutMs: 100 })).rejects.toThrow('took longer than 0.1 s');
  });

  it('fails when the body stalls', async () => {
    const origin = await startOrigin((_request, response) => response.write('the beginning'));
    const safeFetch = createSafeFetch({ trustedOrigins: [origin] });

    const { body } = await safeFetch(origin, { ...limits, timeoutMs: 200 });

    await expect(text(body)).rejects.toThrow('took longer than 0.2 s');
  });

  it('fails when the body is shorter than announced', async () => {
    const origin = await startOrigin((_request, response) => {
      response.writeHead(200, { 'content-length': 100 }).write('short', () => response.destroy());
    });

    const { body } = await createSafeFetch({ trustedOrigins: [origin] })(origin, limits);

    await expect(text(body)).rejects.toThrow(FetchFailedError);
  });

  it('fails when nobody listens', async () => {
    const safeFetch = createSafeFetch({ trustedOrigins: ['http://127.0.0.1:1'] });

    await expect(safeFetch('http://127.0.0.1:1/', limits)).rejects.toThrow('(ECONNREFUSED)');
  });

  it('fails when the name does not resolve', async () => {
    const lookup = async () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' }));

    await expect(
      createSafeFetch({ trustedOrigins: [], lookup })('https://nowhere.test/', limits),
    ).rejects.toThrow('nowhere.test could not be fetched (ENOTFOUND)');
  });
});
