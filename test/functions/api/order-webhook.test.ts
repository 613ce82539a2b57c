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
    [
      'in another order, one of them twice',
      ['video.failed', 'video.completed', 'video.failed'],
      ['video.completed', 'video.failed'],
    ],
    ['all of them, which is what is told without any', [...allEvents].reverse(), undefined],
  ])('is the same order with its events %s', async (_, events, same) => {
    const headers = { 'idempotency-key': newShortId() };
    const first = acceptedSchema.parse((await post({ url, events }, headers)).body);
    const again = await post({ url, ...(same && { events: same }) }, headers);

    expect(first.webhook.events).toEqual(same ?? allEvents);
    expect(again).toMatchObject({ status: 200, body: { id: first.id } });
  });

  it('may have its events as a list in a form', async () => {
    const form = new FormData();
    form.set('prompt', 'Sea');
    form.set('webhook[url]', url);
    form.append('webhook[events][]', 'video.failed');
    form.append('webhook[events][]', 'video.canceled');
    const call = { method: 'POST', path: '/v1/videos', ...(await encodeForm(form)) };

    const { webhook } = acceptedSchema.parse((await api.call(call)).body);
    expect(webhook).toMatchObject({ url, events: ['video.failed', 'video.canceled'] });
  });

  it.each(['webhook[events]', 'webhook[events][]'])(
    'is refused in a form that gives %s before a list',
    async (name) => {
      const form = new FormData();
      form.append(name, 'video.failed');
      form.append(name === 'webhook[events]' ? 'webhook[events][]' : 'webhook[events]', 'video.failed');
      const answer = await api.call({ method: 'POST', path: '/v1/videos', ...(await encodeForm(form)) });

      const errors = [{ param: 'webhook.events', code: 'conflicting_fields' }];
      expect(answer).toMatchObject({ status: 422, body: { errors } });
    },
  );

  it('is judged by a quote, too', async () => {
    const json = { prompt: 'Sea', webhook: { url: 'https://localhost/' } };
    const answer = await api.call({ method: 'POST', path: '/v1/videos/quote', json });

    expect(answer).toMatchObject({ status: 422, body: { errors: [{ code: 'webhook_url' }] } });
  });

  it.each([
    ['text', 'webhook', 'wrong_type', /^webhook must be {"url": …}.*; got other text$/],
    [{}, 'webhook.url', 'missing_field', /^webhook\.url must be an https URL.*; got nothing$/],
    [{ url: 7 }, 'webhook.url', 'wrong_type', /^webhook\.url must be an https URL.*; got a number$/],
    [
      { url, secret: 'shh' },
      'webhook.secret',
      'wrong_type',
      /^webhook\.secret must be "whsec_".*other text$/,
    ],
    [{ url, secret: `whsec_${'A'.repeat(28)}` }, 'webhook.secret', 'wrong_type', /24 to 64 bytes; got other/],
    [{ url, events: [] }, 'webhook.events', 'wrong_type', /^webhook\.events must.*; got an empty list$/],
    [
      { url, events: 'video.lost' },
      'webhook.events',
      'wrong_type',
      /a list.*video.failed.*; got "video.lost"$/,
    ],
    [
      { url, events: ['video.failed', 'budget.threshold'] },
      'webhook.events.1',
      'wrong_type',
      /^webhook\.events must be a list .*video\.canceled; got "budget\.threshold" inside$/,
    ],
    [
      { url, retries: 3 },
      'webhook.retries',
      'unknown_field',
      /^webhook\.retries is unknown; known are url, secret, events$/,
    ],
    [
      { url: 'http://hooks.example.com/' },
      'webhook.url',
      'webhook_url',
      /^webhook\.url must be an https URL/,
    ],
    [{ url: 'https://192.168.1.1/' }, 'webhook.url', 'webhook_url', /public internet/],
  ])('%j is refused, and nothing is ordered', async (webhook, param, code, message) => {
    const started = api.started.length;
    const answer = await post(webhook);

    const errors = [{ param, code, message: expect.stringMatching(message) }];
    expect(answer).toMatchObject({ status: 422, body: { param, errors } });
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
