import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { fromVideoId, newShortId, newWebhookSecret } from '../../../shared/ids.ts';
import { readAnyId } from '../../../shared/providers/id-forms.ts';
import { encodeForm } from '../../support/http-events.ts';
import { type ServedApi, startApi, twoProviders } from '../../support/served-api.ts';

const acceptedSchema = z.object({
  id: z.string(),
  webhook: z.object({ url: z.string(), secret: z.string(), events: z.array(z.string()) }),
});
const url = 'https://hooks.example.com/done';
const allEvents = ['video.completed', 'video.failed', 'video.canceled'];

let api: ServedApi;
beforeAll(async () => {
  api = await startApi(twoProviders);
});
afterAll(() => api.close());

const post = (webhook: unknown, headers = {}) =>
  api.call({ method: 'POST', path: '/v1/videos', json: { prompt: 'Sea', webhook }, headers });
const requestOf = async (id: string) =>
  (await api.tables.tasks.getTaskView(fromVideoId(id) ?? ''))?.request.webhook;

describe('the webhook of an order', () => {
  it('is kept with the secret that was given', async () => {
    const webhook = { url, secret: newWebhookSecret(), events: ['video.failed'] };
    const accepted = acceptedSchema.parse((await post(webhook)).body);

    expect(accepted.webhook).toEqual(webhook);
    expect(await requestOf(accepted.id)).toEqual(webhook);
  });

  it('gets a secret where none is given, which is told by the answers to the order alone', async () => {
    const headers = { 'idempotency-key': newShortId() };
    const first = acceptedSchema.parse((await post({ url }, headers)).body);
    const again = acceptedSchema.parse((await post({ url }, headers)).body);

    expect(first.webhook).toEqual({ url, secret: expect.stringMatching(/^whsec_.{44}$/), events: allEvents });
    expect(again).toEqual(first);
    expect(await requestOf(first.id)).toMatchObject({ secret: first.webhook.secret });
    const seen = await api.call({ path: `/v1/videos/${first.id}` });
    expect(JSON.stringify(seen.body)).not.toMatch(/whsec_|hooks\.example/);
  });

  it('has one secret, whichever of the same orders that come at once is accepted', async () => {
    const headers = { 'idempotency-key': newShortId() };
    const answers = await Promise.all(Array.from({ length: 4 }, () => post({ url }, headers)));

    const secrets = answers.map(({ body }) => acceptedSchema.parse(body).webhook.secret);
    const { id } = acceptedSchema.parse(answers[0]?.body);
    expect(new Set(secrets)).toEqual(new Set([(await requestOf(id))?.secret]));
  });

  it('may come as JSON in a form', async () => {
    const form = new FormData();
    form.set('prompt', 'Sea');
    form.set('webhook', JSON.stringify({ url }));
    const call = { method: 'POST', path: '/v1/videos', ...(await encodeForm(form)) };

    expect(acceptedSchema.parse((await api.call(call)).body).webhook.url).toBe(url);
  });

  it.each([
    ['text', 'webhook', 'wrong_type'],
    [{}, 'webhook.url', 'wrong_type'],
    [{ url, secret: 'shh' }, 'webhook.secret', 'wrong_type'],
    [{ url, secret: `whsec_${'A'.repeat(28)}` }, 'webhook.secret', 'wrong_type'],
    [{ url, events: [] }, 'webhook.events', 'wrong_type'],
    [{ url, events: ['budget.threshold'] }, 'webhook.events.0', 'wrong_type'],
    [{ url, retries: 3 }, 'webhook', 'wrong_type'],
    [{ url: 'http://hooks.example.com/' }, 'webhook.url', 'webhook_url'],
    [{ url: 'https://192.168.1.1/' }, 'webhook.url', 'webhook_url'],
  ])('%j is refused, and nothing is ordered', async (webhook, param, code) => {
    const started = api.started.length;
    const answer = await post(webhook);

    expect(answer).toMatchObject({ status: 422, body: { errors: [{ param, code }] } });
    expect(JSON.stringify(answer.body)).not.toContain('shh');
    expect(api.started).toHaveLength(started);
  });
});

describe("a callback in a provider's dialect", () => {
  const order = (endpoint: string) =>
    api.call({
      method: 'POST',
      path: '/api/v1/task',
      json: {
        model: 'hailuo',
        task_type: 'video_generation',
        input: { model: 't2v-01', prompt: 'Sea' },
        config: { webhook_config: { endpoint, secret: 'shh' } },
      },
    });

  it('keeps its own secret', async () => {
    const { body } = await order(url);
    const { data } = z.object({ data: z.object({ task_id: z.string() }) }).parse(body);
    const view = await api.tables.tasks.getTaskView(readAnyId(data.task_id) ?? '');

    expect(view?.request.webhook).toEqual({ url, secret: 'shh', dialect: 'piapi' });
    expect(view?.task.hasWebhook).toBe(true);
  });

  it('to a private address is refused by the name that the client gave it', async () => {
    expect(await order('https://10.0.0.1/')).toEqual(
      expect.objectContaining({
        status: 400,
        body: expect.objectContaining({
          message: 'config.webhook_config.endpoint must lead to the public internet; got 10.0.0.1',
        }),
      }),
    );
  });
});
