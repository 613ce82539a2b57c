import { describe, expect, it } from 'vitest';
import { handler } from '../../../functions/docs/handler.ts';
import { type ApiCall, anHttpEvent, lambdaContext, toContractedResponse } from '../../support/http-events.ts';

async function call(given: ApiCall) {
  const event = anHttpEvent(given);
  return toContractedResponse(event, await handler(event, lambdaContext));
}

describe('the function of the contract', () => {
  it('serves the document and the page without a key, to be kept for five minutes', async () => {
    const openapi = await call({ path: '/openapi.json' });
    const docs = await call({ path: '/docs' });

    expect(openapi).toMatchObject({ status: 200, body: { openapi: '3.1.1', info: { title: 'Conch' } } });
    expect(docs.body).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(docs.headers['content-type']).toBe('text/html; charset=utf-8');
    for (const { headers } of [openapi, docs])
      expect(headers).toMatchObject({
        'cache-control': 'public, max-age=300',
        etag: expect.stringMatching(/^"[0-9a-f]{32}"$/),
      });
    expect(openapi.headers['etag']).not.toBe(docs.headers['etag']);
  });

  it.each(['/openapi.json', '/docs'])(
    'answers 304 for %s to who has it, however a proxy marked it',
    async (path) => {
      const { etag = '' } = (await call({ path })).headers;

      for (const tag of [etag, `W/${etag}`, `"other", ${etag}`, '*'])
        expect(await call({ path, headers: { 'if-none-match': tag } })).toMatchObject({
          status: 304,
          body: '',
        });
      expect(await call({ path, headers: { 'if-none-match': '"other"' } })).toMatchObject({ status: 200 });
    },
  );

  it.each(['/openapi.json', '/docs'])('answers HEAD for %s with the headers of GET', async (path) => {
    const [get, head] = [await call({ path }), await call({ path, method: 'HEAD' })];

    expect(head).toMatchObject({ status: 200, headers: get.headers });
  });
});
