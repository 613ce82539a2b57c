import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { Failure } from '../../../shared/domain/job-progress.ts';
import type { VideoRequest } from '../../../shared/domain/video-request.ts';
import { fromVideoId, newWebhookSecret, toVideoId } from '../../../shared/ids.ts';
import { settleTask } from '../../../shared/ledger/settle.ts';
import { placeCompletedOrder } from '../../support/completed-task.ts';
import type { ApiCall } from '../../support/http-events.ts';
import { placeTestOrder } from '../../support/orders.ts';
import { type ServedApi, startApi, twoProviders } from '../../support/served-api.ts';
import { placeSubmitUnknown } from '../../support/submit-unknown.ts';

let api: ServedApi;
let keyId: string;
let headers: Record<string, string>;
beforeAll(async () => {
  api = await startApi(twoProviders);
  const key = await api.tables.accounts.createKey('acme', new Date());
  keyId = key.keyId;
  headers = { authorization: `Bearer ${key.text}` };
});
afterAll(() => api.close());
beforeEach(() => {
  api.started.length = 0;
});

const refusal: Failure = { code: 'content_rejected', message: 'Refused', charged: 'no' };
const videoSchema = z.looseObject({ id: z.string() });
const acceptedSchema = z.object({ id: z.string(), webhook: z.object({ secret: z.string() }) });
const hook = 'https://hooks.example.com/done';

const retry = (id: string, call: Partial<ApiCall> = {}) =>
  api.call({ method: 'POST', path: `/v1/videos/${id}/retry`, headers, ...call });
const get = async (path: string) => (await api.call({ path })).body;

async function placeFailed(webhook?: VideoRequest['webhook']): Promise<string> {
  const request = { metadata: { shot: '7' }, ...(webhook !== undefined && { webhook }) };
  const { id } = await placeTestOrder(api.tables, { request });
  const task = await api.tables.tasks.getTask(id);
  if (task === undefined) throw new Error('The order is gone');
  await settleTask({ ...task, failure: refusal }, new Date(), api.tables.ledger);
  return toVideoId(id);
}

describe('POST /v1/videos/{id}/retry', () => {
  it('answers with a new video that names the old one, as the old one then names it', async () => {
    const old = await placeFailed();

    const { status, headers: answered, body } = await retry(old);

    expect(status).toBe(200);
    expect(answered).toHaveProperty('openai-poll-after-ms');
    const origin = { remixed_from_video_id: null, gateway: { retry_of: old, retried_by: null } };
    expect(body).toMatchObject({
      object: 'video',
      status: 'queued',
      prompt: 'A lighthouse at dusk',
      metadata: { shot: '7' },
      error: null,
      ...origin,
    });
    const { id } = videoSchema.parse(body);
    expect(await get(`/v1/videos/${old}`)).toMatchObject({
      status: 'failed',
      gateway: { retry_of: null, retried_by: id },
    });
    expect(await get('/v1/videos?limit=1')).toMatchObject({ data: [{ id, ...origin }] });
    expect(await get(`/v1/videos/${id}/events`)).toMatchObject({
      data: [{ type: 'accepted', retry_of: old }],
    });
    expect(api.started).toEqual([{ taskId: fromVideoId(id), run: 1 }]);
    expect(await api.tables.tasks.getTask(fromVideoId(id) ?? '')).toMatchObject({ keyId });
  });

  it('answers a repeat with the same video, whichever key of the account and Idempotency-Key it has', async () => {
    const old = await placeFailed();

    const answers = [
      await retry(old),
      await retry(old, { json: {} }),
      await retry(old, { headers: { ...headers, 'idempotency-key': 'k' } }),
      await retry(old, { headers: { 'x-stainless-retry-count': '1' } }),
    ];

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(new Set(answers.map(({ body }) => videoSchema.parse(body).id)).size).toBe(1);
    expect(api.started).toHaveLength(1);
  });

  it('is 409 for what goes on, is completed or keeps its hold, and tells clients not to repeat it', async () => {
    const tasks = [
      await placeTestOrder(api.tables),
      await placeCompletedOrder(api.tables),
      await placeSubmitUnknown(api.tables, { account: 'acme' }),
    ];

    const answers = await Promise.all(tasks.map(({ id }) => retry(toVideoId(id))));

    expect(answers.map(({ body }) => body)).toEqual(
      tasks.map(() => expect.objectContaining({ status: 409, code: 'video_not_retryable' })),
    );
    expect(answers.map((answer) => answer.headers['x-should-retry'])).toEqual(['false', 'false', 'false']);
    expect(api.started).toEqual([]);
  });

  it("is 404 for what does not exist, and for another account's", async () => {
    const old = await placeFailed();
    const rival = { authorization: `Bearer ${api.keys.rival}` };

    const answers = [
      await retry('video_0000000000000000'),
      await retry('nonsense'),
      await retry(old, { headers: rival }),
    ];

    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404]);
  });

  it('takes a webhook of its own, whose secret it tells to whoever repeats it', async () => {
    const old = await placeFailed({ url: hook, secret: newWebhookSecret() });
    const json = { webhook: { url: 'https://hooks.example.com/again', events: ['video.failed'] } };

    const { body } = await retry(old, { json });

    const secret = expect.stringMatching(/^whsec_.{44}$/);
    expect(body).toMatchObject({ metadata: { shot: '7' }, webhook: { ...json.webhook, secret } });
    const { id, webhook } = acceptedSchema.parse(body);
    expect((await retry(old, { json })).body).toMatchObject({ id, webhook });
    const view = await api.tables.tasks.getTaskView(fromVideoId(id) ?? '');
    expect(view).toMatchObject({ task: { hasWebhook: true }, request: { webhook } });
    expect(await get(`/v1/videos/${id}`)).not.toHaveProperty('webhook');
  });

  it('has no webhook where it names none, whatever the first order had', async () => {
    const { body } = await retry(await placeFailed({ url: hook, secret: newWebhookSecret() }));

    expect(body).not.toHaveProperty('webhook');
    const view = await api.tables.tasks.getTaskView(fromVideoId(videoSchema.parse(body).id) ?? '');
    expect(view?.request).not.toHaveProperty('webhook');
  });

  it.each([
    ['none', {}],
    ['another', { webhook: { url: 'https://hooks.example.com/other' } }],
  ])('refuses a repeat with %s in place of its webhook', async (_, json) => {
    const old = await placeFailed();
    await retry(old, { json: { webhook: { url: hook } } });

    const { status, body } = await retry(old, { json });

    expect(status).toBe(422);
    const message = expect.stringMatching(
      /^The video has a retry already, video_[0-9a-f]{16}, and it was asked for with another/,
    );
    expect(body).toMatchObject({ code: 'idempotency_mismatch', error: { message } });
    expect(api.started).toHaveLength(1);
  });

  it.each([
    [{ url: hook, events: [] }, 'webhook.events', /; got an empty list$/],
    [{ url: hook, retries: 3 }, 'webhook.retries', /known are url, secret, events$/],
    [{ url: 'https://10.0.0.1/' }, 'webhook.url', /public internet/],
  ])('refuses the webhook %j', async (webhook, param, message) => {
    const { status, body } = await retry(await placeFailed(), { json: { webhook } });

    expect(status).toBe(422);
    expect(body).toMatchObject({ errors: [{ param, message: expect.stringMatching(message) }] });
    expect(api.started).toEqual([]);
  });

  it('refuses other fields, because it repeats the order as it was', async () => {
    const { status, body } = await retry(await placeFailed(), { json: { prompt: 'At dawn' } });

    expect(status).toBe(422);
    expect(body).toMatchObject({
      errors: [{ param: 'prompt', code: 'unknown_field', message: 'prompt is unknown; known are webhook' }],
    });
    expect(api.started).toEqual([]);
  });
});
