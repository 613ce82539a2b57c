import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ServedApi, startApi } from '../../support/served-api.ts';
import { ways } from './ways-in.ts';

let api: ServedApi;
beforeAll(async () => {
  api = await startApi({ CLOUDSWAY_ENDPOINT_PATHS: '{"t2v":"team/films"}' });
});
afterAll(() => api.close());

const shapes = {
  piapi: (code: number, message: unknown) => ({ code, message, data: null }),
  maas: (code: number, message: unknown) => ({ code: `${code}`, message }),
  kie: (_: number, message: string) => ({
    code: 1004,
    message: `Invalid parameters: ${message}`,
    data: null,
  }),
  market: (code: number, msg: unknown) => ({ code, msg, data: null }),
};
const apixo = shapes.piapi;
const { piapi, maas, kie, market } = shapes;
const task = '/v1/ai/t2v/hailuo/video/task/1';

describe('a path of an API', () => {
  it.each([
    ['GET', '/api/v1/task/a/logs', piapi],
    ['GET', '/api/v1/task//', piapi],
    ['DELETE', '/api/v1/task//', piapi],
    ['GET', `${task.slice(0, -1)}/`, maas],
    ['POST', '/api/v1/generateTask//', apixo],
    ['DELETE', '/api/v1/task/a/b', piapi],
    ['POST', '/account/info/more', piapi],
    ['GET', '/v1/ai/t2v', maas],
    ['GET', '/v1/ai/t2v/hailuo/video', maas],
    ['POST', '/v1/ai/haiper/video/shorten', maas],
    ['GET', '/v1/ai/team/films/video/none', maas],
    ['POST', '/api/v1/generateTask', apixo],
    ['GET', '/api/v1/statusTask/hailuo-2-3/task_1', apixo],
    ['GET', '/api/v1/apikeys', apixo],
    ['POST', '/api/v1/hailuo/extend', kie],
    ['GET', '/api/v1/common/upload-url', kie],
    ['POST', '/api/v1/jobs/cancelTask', market],
    ['GET', '/api/v1/chat/credits', market],
  ])('that nobody serves is 404 in its own shape: %s %s', async (method, path, shape) => {
    const answer = await api.call({ method, path, headers: { authorization: '' } });

    const body = shape(404, `${method} ${path} does not exist`);
    expect(answer).toMatchObject({ status: 404, headers: { 'content-type': 'application/json' } });
    expect(answer.body).toEqual(body);
  });

  it.each([
    ['GET', '/api/v1/task', 'POST', piapi],
    ['GET', '/api/v1/task/', 'POST', piapi],
    ['DELETE', '/api/v1/task/a', 'GET', piapi],
    ['POST', '/account/info', 'GET', piapi],
    ['PUT', '/v1/ai/t2v/hailuo/video/generate', 'POST', maas],
    ['POST', task, 'GET', maas],
    ['POST', '/v1/ai/team/films/hailuo/video/file', 'GET', maas],
    ['PATCH', '/v1/ai/haiper/video/extend/', 'POST', maas],
    ['GET', '/api/v1/generateTask/hailuo-2-3', 'POST', apixo],
    ['HEAD', '/api/v1/statusTask/hailuo-2-3', 'GET', apixo],
    ['GET', '/api/v1/hailuo/generate', 'POST', kie],
    ['GET', '/api/v1/common/download-url', 'POST', kie],
    ['GET', '/api/v1/jobs/createTask', 'POST', market],
    ['OPTIONS', '/api/v1/chat/credit', 'GET', market],
  ])('by another method is 405 in its own shape: %s %s', async (method, path, allow, shape) => {
    const answer = await api.call({ method, path, headers: { authorization: '' } });

    const body = shape(405, `${method} ${path} is not served, only ${allow} is`);
    expect(answer).toMatchObject({ status: 405, headers: { 'content-type': 'application/json', allow } });
    expect(answer.body).toEqual(body);
  });

  it.each(Object.entries(ways).filter(([name]) => name !== 'conch'))(
    'that ends with a slash takes an order as without it: %s',
    async (_, { path, order }) => {
      const answers = [path, `${path}/`].map((at) => api.call({ method: 'POST', path: at, json: order }));
      expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200]);
    },
  );

  it('that ends with a slash shows a balance as without it', async () => {
    const path = '/api/v1/chat/credit';
    expect(await api.call({ path: `${path}/` })).toMatchObject({
      status: 200,
      body: (await api.call({ path })).body,
    });
  });

  it.each(['/api/v1/tasks', '/api/v1/none/at/all'])(
    'that no API has is our own problem: %s',
    async (path) => {
      expect(await api.call({ path })).toMatchObject({
        status: 404,
        headers: { 'content-type': 'application/problem+json' },
        body: { code: 'not_found', detail: `GET ${path} does not exist` },
      });
    },
  );

  it('is shown in part where it is long', async () => {
    const { status, body } = await api.call({ path: `/api/v1/jobs/${'x'.repeat(5000)}` });

    expect(status).toBe(404);
    expect(JSON.stringify(body).length).toBeLessThan(500);
  });
});
