import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { fromVideoId, newShortId, toVideoId } from '../../../shared/ids.ts';
import { placeCompletedOrder } from '../../support/completed-task.ts';
import { type ApiCall, encodeForm } from '../../support/http-events.ts';
import { placeTestOrder } from '../../support/orders.ts';
import { type ServedApi, startApi, twoProviders } from '../../support/served-api.ts';

let api: ServedApi;
let source: string;
beforeAll(async () => {
  api = await startApi(twoProviders);
  source = toVideoId((await placeCompletedOrder(api.tables)).id);
});
afterAll(() => api.close());
beforeEach(() => {
  api.started.length = 0;
});

const videoSchema = z.looseObject({ id: z.string() });
const hook = 'https://hooks.example.com/done';
const acceptedSchema = z.object({ id: z.string(), webhook: z.object({ secret: z.string() }) });
const wrongEvents = ['webhook.events', 'wrong_type', /^webhook\.events must be a list of/] as const;
const wrongUrl = ['webhook.url', 'webhook_url', /^webhook\.url must lead to the public internet/] as const;
const remix = (call: Partial<ApiCall>, id = source) =>
  api.call({ method: 'POST', path: `/v1/videos/${id}/remix`, ...call });

describe('POST /v1/videos/{id}/remix', () => {
  it('answers with a new video that names the old one', async () => {
    const { status, body } = await remix({ json: { prompt: 'At dawn' } });

    expect(status).toBe(200);
    const origin = { remixed_from_video_id: source };
    expect(body).toMatchObject({
      object: 'video',
      status: 'queued',
      model: 'hailuo-01',
      prompt: 'At dawn',
      ...origin,
      gateway: { retry_of: null },
    });
    const { id } = videoSchema.parse(body);
    expect((await api.call({ path: '/v1/videos?limit=1' })).body).toMatchObject({
      data: [{ id, ...origin }],
    });
    expect((await api.call({ path: `/v1/videos/${id}/events` })).body).toMatchObject({
      data: [{ type: 'accepted', ...origin }],
    });
    expect(api.started).toEqual([{ taskId: fromVideoId(id), run: 1 }]);
  });

  it('is the same task as JSON and as a form under one Idempotency-Key', async () => {
    const form = new FormData();
    form.append('prompt', 'At noon');
    const { body, headers } = await encodeForm(form);
    const key = { 'idempotency-key': 'k' };

    const answers = [
      await remix({ json: { prompt: 'At noon' }, headers: key }),
      await remix({ body, headers: { ...headers, ...key } }),
    ];

    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(new Set(answers.map((answer) => videoSchema.parse(answer.body).id)).size).toBe(1);
    expect(api.started).toHaveLength(1);
  });

  it.each([
    ['another field', { prompt: 'a', seconds: 6 }, 'seconds', 'unknown_field', /known are prompt, webhook$/],
    ['no prompt', {}, 'prompt', 'missing_field', /is required/],
    ['a blank prompt', { prompt: ' \n' }, 'prompt', 'missing_field', /is required/],
    ['a number', { prompt: 6 }, 'prompt', 'wrong_type', /must be text; got a number/],
    ['half a character', { prompt: '\ud83d' }, 'prompt', 'wrong_type', /half a surrogate pair/],
    ['a webhook without a list', { prompt: 'a', webhook: { url: hook, events: 'all' } }, ...wrongEvents],
    ['a private webhook', { prompt: 'a', webhook: { url: 'https://10.0.0.1/' } }, ...wrongUrl],
    ['a list', [], 'body', 'wrong_type', /must be a JSON object such as {"prompt"/],
  ])('refuses %s', async (_, json, param, code, message) => {
    const { status, body } = await remix({ json });

    expect(status).toBe(422);
    expect(body).toMatchObject({ errors: [{ param, code, message: expect.stringMatching(message) }] });
    expect(api.started).toEqual([]);
  });

  it('takes a webhook of its own, whose secret it tells to whoever repeats the order', async () => {
    const headers = { 'idempotency-key': newShortId() };
    const json = { prompt: 'At dusk', webhook: { url: hook, events: ['video.failed'] } };

    const { body } = await remix({ json, headers });

    const secret = expect.stringMatching(/^whsec_.{44}$/);
    expect(body).toMatchObject({ prompt: 'At dusk', webhook: { ...json.webhook, secret } });
    const { id, webhook } = acceptedSchema.parse(body);
    expect((await remix({ json, headers })).body).toMatchObject({ id, webhook });
    const view = await api.tables.tasks.getTaskView(fromVideoId(id) ?? '');
    expect(view).toMatchObject({ task: { hasWebhook: true }, request: { webhook } });
    const plain = await remix({ json: { prompt: 'At dusk' }, headers });
    expect(plain).toMatchObject({ status: 422, body: { code: 'idempotency_mismatch' } });
  });

  it('has no webhook of the video that it is made from', async () => {
    const { body } = await remix({ json: { prompt: 'At dusk', webhook: { url: hook } } });
    const { id } = acceptedSchema.parse(body);
    const result = { key: `videos/${fromVideoId(id)}.mp4`, bytes: 4, sha256: 'f' };
    const change = { from: ['accepted'], to: 'completed', set: { result, followUps: [] } } as const;
    await api.tables.tasks.transition(fromVideoId(id) ?? '', change);

    const { status, body: second } = await remix({ json: { prompt: 'At noon' } }, id);

    expect(status).toBe(200);
    expect(second).not.toHaveProperty('webhook');
    const view = await api.tables.tasks.getTaskView(fromVideoId(videoSchema.parse(second).id) ?? '');
    expect(view?.request).not.toHaveProperty('webhook');
  });

  it('refuses a body that is neither JSON nor a form', async () => {
    expect(await remix({ body: 'At dawn' })).toMatchObject({ status: 415 });
  });

  it('is 409 for what goes on, and tells clients not to repeat it', async () => {
    const { id } = await placeTestOrder(api.tables);

    const { status, headers, body } = await remix({ json: { prompt: 'At dawn' } }, toVideoId(id));

    expect(status).toBe(409);
    expect(headers).toMatchObject({ 'x-should-retry': 'false' });
    expect(body).toMatchObject({ code: 'video_not_ended' });
  });

  it("is 404 for what does not exist, and for another account's", async () => {
    const json = { prompt: 'At dawn' };
    const rival = { authorization: `Bearer ${api.keys.rival}` };

    const answers = [await remix({ json }, 'video_0000000000000000'), await remix({ json, headers: rival })];

    expect(answers.map(({ status }) => status)).toEqual([404, 404]);
  });
});
