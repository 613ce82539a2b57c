import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startHttpServer } from '../../../infra/local/http-server.ts';
import type { LocalServer } from '../../../infra/local/local-server.ts';
import { createContractedFetch, withLastingFaults } from '../../support/contract/contracted-fetch.ts';
import { ContractFault } from '../../support/contract/hold-to-contract.ts';

let gateway: LocalServer;
let bucket: LocalServer;
const asked: string[] = [];
beforeAll(async () => {
  bucket = await startHttpServer((request, response) => {
    response.end(`a film for ${request.headers.authorization ?? 'anybody'}, ${request.headers.range}`);
  });
  gateway = await startHttpServer((request, response) => {
    const path = request.url ?? '';
    asked.push(path);
    response.setHeader('content-type', 'application/json');
    if (path === '/health') response.end('{"status":"ok"}');
    else if (path.endsWith('/content')) response.writeHead(302, { location: bucket.url }).end();
    else if (path.startsWith('/v/')) response.writeHead(307, { location: bucket.url }).end();
    else response.end('{"object":"list"}');
  });
});
afterAll(() => Promise.all([gateway.close(), bucket.close()]));

const get = (path: string, init?: RequestInit) =>
  createContractedFetch(gateway.url)(`${gateway.url}${path}`, init);

describe('a fetch that holds answers to the contract', () => {
  it('hands out what the contract has, and rejects what it has not', async () => {
    expect(await (await get('/health')).json()).toEqual({ status: 'ok' });
    await expect(get('/v1/videos')).rejects.toBeInstanceOf(ContractFault);
  });

  it('holds a redirect before it goes there without the key', async () => {
    const content = '/v1/videos/video_331ac6c1e3d7ead4/content';
    const headers = { authorization: 'Bearer key', range: 'bytes=0-3' };

    expect(await (await get(content, { headers })).text()).toBe('a film for anybody, bytes=0-3');
    expect((await get(content, { redirect: 'manual' })).status).toBe(302);
    await expect(get('/v/331ac6c1e3d7ead4/secret.mp4')).rejects.toThrow(/answered 307/);
  });

  it('rejects for good where a client would repeat its way around a fault', async () => {
    const fetch = withLastingFaults(createContractedFetch(gateway.url));
    const client = new OpenAI({ apiKey: 'any', baseURL: `${gateway.url}/v1`, fetch, maxRetries: 0 });
    await expect(client.videos.list()).rejects.toMatchObject({ cause: expect.any(ContractFault) });
    asked.length = 0;

    await expect(fetch(`${gateway.url}/health`)).rejects.toBeInstanceOf(ContractFault);
    expect(asked).toEqual([]);
  });
});
