import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { type ServedApi, startApi } from '../../support/served-api.ts';

let api: ServedApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

describe('keys', () => {
  it.each(['/v1/videos', '/v1/models', '/v1/videos/video_0000000000000000'])(
    'are needed for %s',
    async (path) => {
      const answer = await api.call({ path, headers: { authorization: '' } });

      expect(answer).toMatchObject({ status: 401, body: { error: { type: 'authentication_error' } } });
      expect(answer.headers).toMatchObject({ 'www-authenticate': 'Bearer realm="conch"' });
      expect(answer.body).toMatchObject({ code: 'missing_key' });
    },
  );

  it('are refused when they are wrong or revoked', async () => {
    const { text, keyId } = await api.tables.accounts.createKey('acme', new Date());
    await api.tables.accounts.revokeKey('acme', keyId, new Date());

    for (const key of [text, 'conch_wrong']) {
      const answer = await api.call({ path: '/v1/models', headers: { authorization: `Bearer ${key}` } });
      expect(answer).toMatchObject({ status: 401, body: { code: 'invalid_key' } });
      expect(JSON.stringify(answer)).not.toContain(key);
    }
  });

  it('may come as x-api-key', async () => {
    const headers = { authorization: '', 'x-api-key': api.keys.acme };

    expect(await api.call({ path: '/v1/models', headers })).toMatchObject({ status: 200 });
  });
});

describe('the other routes', () => {
  it('list the models with their offers, limits and prices', async () => {
    const { body } = await api.call({ path: '/v1/models' });

    const model = expect.objectContaining({
      id: 'hailuo-01',
      object: 'model',
      gateway: {
        aliases: expect.arrayContaining(['t2v-01', 'MaaS_HL_Video_t2v']),
        offers: expect.arrayContaining([
          expect.objectContaining({
            provider: 'piapi',
            operation: 'i2v',
            prices: [{ seconds: 6, resolution: '720P', size: '1280x720', usd: '0.20', assumed: false }],
            official: false,
            camera: null,
            typical_seconds: 180,
            callback: true,
          }),
        ]),
      },
    });
    expect(body).toMatchObject({ object: 'list', data: expect.arrayContaining([model]) });
  });

  it('answer /health without a key', async () => {
    const answer = await api.call({ path: '/health', headers: { authorization: '' } });

    expect(answer).toMatchObject({ status: 200, body: { status: 'ok' } });
  });

  it.each([
    ['DELETE', '/v1/videos'],
    ['GET', '/v2/videos'],
    ['POST', '/health'],
  ])('do not include %s %s', async (method, path) => {
    expect(await api.call({ method, path })).toMatchObject({ status: 404, body: { code: 'not_found' } });
  });
});
