import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { readAnyId } from '../../../shared/providers/id-forms.ts';
import { readFixture } from '../../support/read-fixture.ts';
import { type ServedApi, startApi } from '../../support/served-api.ts';

let api: ServedApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const taskSchema = z.object({ data: z.looseObject({ task_id: z.string(), status: z.string() }) });

const exampleSchema = z.object({ input: z.looseObject({}), config: z.looseObject({}) }).loose();

const order = {
  model: 'hailuo',
  task_type: 'video_generation',
  input: { model: 't2v-01', prompt: 'A lighthouse at dusk', expand_prompt: true },
  config: {
    service_mode: 'public',
    webhook_config: { endpoint: 'https://hooks.example.com/done', secret: 'shh' },
  },
};

async function create(json: unknown) {
  return api.call({ method: 'POST', path: '/api/v1/task', json });
}

describe("PiAPI's door", () => {
  it("takes the document's order and shows it in the dialect", async () => {
    const { status, body } = await create(order);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      code: 200,
      message: 'success',
      data: {
        model: 'hailuo',
        task_type: 'video_generation',
        status: 'pending',
        config: order.config,
        input: order.input,
        meta: { usage: { type: 'point', frozen: 2_000_000, consume: 0 } },
        error: { code: 0 },
      },
    });
    const { data } = taskSchema.parse(body);
    const task = await api.tables.tasks.getTaskView(readAnyId(data.task_id) ?? '');
    expect(task).toMatchObject({
      task: { provider: 'piapi', nativeModel: 't2v-01' },
      request: { preferredProvider: 'piapi', webhook: { url: order.config.webhook_config.endpoint } },
    });
    const seen = await api.call({ path: `/api/v1/task/${data.task_id}` });
    expect(seen.body).toEqual(body);
  });

  it("takes the document's own example, with an image where its URL leads, and plain http for its webhook", async () => {
    const { input, ...example } = exampleSchema.parse(
      JSON.parse(readFixture('piapi/create-document-example')),
    );
    const image_url = api.imageUrl(600, 400);

    const { status, body } = await create({ ...example, input: { ...input, image_url } });

    expect(status).toBe(200);
    const { data } = taskSchema.parse(body);
    expect(data).toMatchObject({ status: 'pending', config: example.config });
    const view = await api.tables.tasks.getTaskView(readAnyId(data.task_id) ?? '');
    const webhook = { url: 'http://example.com', secret: 'string', dialect: 'piapi' };
    expect(view?.request.webhook).toEqual(webhook);
  });

  it.each([
    ['http://10.0.0.1/', 'must lead to the public internet; got 10.0.0.1'],
    ['http://localhost/', 'must lead to the public internet; got localhost'],
    ['http://user:pass@hooks.example.com/', 'must hold no user name and no password'],
  ])('refuses a webhook to %s', async (endpoint, message) => {
    const { body } = await create({ ...order, config: { webhook_config: { endpoint } } });

    expect(body).toMatchObject({ code: 400, message: `config.webhook_config.endpoint ${message}` });
  });

  it('shows an order that came through our own API', async () => {
    const json = { prompt: 'A lighthouse', model: 'hailuo-01', provider: 'cloudsway' };
    const made = await api.call({ method: 'POST', path: '/v1/videos', json });
    const { id } = z.object({ id: z.string() }).parse(made.body);
    const { body } = await api.call({ path: `/api/v1/task/${id}` });
    expect(body).toMatchObject({ data: { status: 'pending', input: { prompt: 'A lighthouse' } } });
  });

  it('lets a header choose who serves it', async () => {
    const headers = { 'x-conch-provider': 'minimax' };
    const { body } = await api.call({ method: 'POST', path: '/api/v1/task', json: order, headers });
    const { data } = taskSchema.parse(body);
    const task = await api.tables.tasks.getTask(readAnyId(data.task_id) ?? '');
    expect(task?.provider).toBe('minimax');
  });

  it('answers an unknown task, a foreign one and a wrong key in its own shape', async () => {
    const unknown = await api.call({ path: '/api/v1/task/0d7c9b1e-6a52-4f0e-8f0e-3b1b8d2f6a10' });
    expect(unknown).toMatchObject({ status: 404, body: { code: 404, data: null } });
    const { data } = taskSchema.parse((await create(order)).body);
    const path = `/api/v1/task/${data.task_id}`;
    const foreign = await api.call({ path, headers: { authorization: `Bearer ${api.keys.rival}` } });
    expect(foreign).toMatchObject({ status: 404, body: { code: 404, data: null } });
    const keyless = await api.call({ path, headers: { authorization: '', 'x-api-key': 'conch_wrong' } });
    expect(keyless).toMatchObject({ status: 401, body: { code: 401, data: null } });
  });

  it('shows what the budgets leave as its balance', async () => {
    await api.tables.accounts.createAccount('acme', new Date(), { monthlyMicroUsd: 100_000_000 });
    const { body } = await api.call({ path: '/account/info' });
    await api.tables.accounts.changeAccount('acme', { monthly: 'none' });
    const { data } = z.object({ data: z.object({ equivalent_in_usd: z.number() }) }).parse(body);
    expect(data.equivalent_in_usd).toBeGreaterThan(90);
    expect(data.equivalent_in_usd).toBeLessThan(100);
  });
});
