import OpenAI from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { Failure } from '../../../shared/domain/job-progress.ts';
import { fromVideoId } from '../../../shared/ids.ts';
import { settleTask } from '../../../shared/ledger/settle.ts';
import { type ApiCall, type ApiResponse, encodeForm } from '../../support/http-events.ts';
import { createPng } from '../../support/images.ts';
import { readMonth } from '../../support/orders.ts';
import { type ServedApi, startApi, twoProviders } from '../../support/served-api.ts';

let api: ServedApi;
beforeAll(async () => {
  api = await startApi(twoProviders);
});
afterAll(() => api.close());
beforeEach(() => {
  api.started.length = 0;
});

const prompt = 'A lighthouse at dusk';
const refusal: Failure = { code: 'content_rejected', message: 'Refused', charged: 'no' };

const post = (call: Partial<ApiCall>) => api.call({ method: 'POST', path: '/v1/videos', ...call });
const order = (json: object, key: string) => post({ json, headers: { 'idempotency-key': key } });
async function orderForm(fields: Record<string, string | Blob>, key: string): Promise<ApiResponse> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  const { body, headers } = await encodeForm(form);
  return post({ body, headers: { ...headers, 'idempotency-key': key } });
}
const idOf = ({ body }: ApiResponse) => z.object({ id: z.string() }).parse(body).id;
const committed = async () =>
  (await readMonth(api.tables, 'acme', new Date().toISOString().slice(0, 7))).committedMicroUsd;

async function requireTask(videoId: string) {
  const task = await api.tables.tasks.getTask(fromVideoId(videoId) ?? '');
  if (task === undefined) throw new Error(`${videoId} is gone`);
  return task;
}

describe('an order under an Idempotency-Key', () => {
  it('pain 1: is one task when it comes 20 times at once, and all are answered with it', async () => {
    const before = await committed();

    const answers = await Promise.all(Array.from({ length: 20 }, () => order({ prompt }, 'parallel')));

    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
    expect(new Set(answers.map(idOf)).size).toBe(1);
    expect(api.started).toHaveLength(1);
    expect((await committed()) - before).toBe((await requireTask(idOf(answers[0] ?? never()))).holdMicroUsd);
  });

  it('is the same task also after it failed', async () => {
    const id = idOf(await order({ prompt }, 'failed'));
    const task = await requireTask(id);
    await settleTask({ ...task, failure: refusal }, new Date(), api.tables.ledger);

    const again = await order({ prompt }, 'failed');

    expect(again).toMatchObject({ status: 200, body: { id, status: 'failed' } });
    expect(again.body).toMatchObject({ error: { code: 'content_rejected' } });
    expect(api.started).toHaveLength(1);
  });

  it('does not use the key up when it is refused', async () => {
    const field = await order({ prompt, seconds: 60 }, 'refused');
    const image = await order({ prompt, first_frame_image: `${api.webUrl}/gone.png` }, 'refused');

    const corrected = await order({ prompt, seconds: 6 }, 'refused');

    expect([field.status, image.status, corrected.status]).toEqual([422, 422, 200]);
    expect(api.started).toHaveLength(1);
  });

  it('is the same as JSON, as a form, in another order of fields, with text for numbers', async () => {
    const png = createPng({ width: 640, height: 480 });
    const uri = `data:image/png;base64,${png.toString('base64')}`;
    const metadata = { shot: '7', cut: 'b' };
    const json = { prompt, model: 'i2v-01', seconds: 6, max_cost_usd: 2, prompt_optimizer: true, metadata };

    const answers = [
      await order({ ...json, provider: ['piapi', 'cloudsway'], first_frame_image: uri }, 'forms'),
      await order(
        { input_reference: { image_url: uri }, provider: 'piapi, cloudsway', ...json, max_cost_usd: '2.0' },
        'forms',
      ),
      await orderForm(
        {
          'metadata[cut]': 'b',
          'metadata[shot]': '7',
          first_frame_image: new Blob([new Uint8Array(png)]),
          prompt_optimizer: 'true',
          max_cost_usd: '2',
          provider: '["piapi", "cloudsway"]',
          seconds: '6',
          model: 'i2v-01',
          prompt,
        },
        'forms',
      ),
    ];

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(new Set(answers.map(idOf)).size).toBe(1);
  });

  it('is another task for another account', async () => {
    const mine = await order({ prompt }, 'shared');
    const headers = { 'idempotency-key': 'shared', authorization: `Bearer ${api.keys.rival}` };

    expect(idOf(await post({ json: { prompt }, headers }))).not.toBe(idOf(mine));
  });

  it('is no repeat of an order without the key, whatever its client counts', async () => {
    const bare = await post({ json: { prompt: 'With and without' } });
    const headers = { 'idempotency-key': 'counted', 'x-stainless-retry-count': '1' };

    expect(idOf(await post({ json: { prompt: 'With and without' }, headers }))).not.toBe(idOf(bare));
  });
});

describe('an order by the official client, which sends no key', () => {
  /** Its requests arrive; the first `lost` answers to each call do not. */
  function clientLosing(lost: number): OpenAI {
    return new OpenAI({
      apiKey: api.keys.acme,
      baseURL: 'http://gateway.test/v1',
      fetch: async (input, init) => {
        const request = new Request(input, init);
        const answer = await post({
          headers: Object.fromEntries(request.headers),
          body: new Uint8Array(await request.arrayBuffer()),
        });
        const count = Number(request.headers.get('x-stainless-retry-count'));
        if (count < lost) throw new TypeError('the socket hung up');
        return new Response(JSON.stringify(answer.body), { ...answer, headers: { ...answer.headers } });
      },
    });
  }

  it('pain 1: is bought once when its first answer is lost', async () => {
    const { id } = await clientLosing(1).videos.create({ prompt: 'Lost once' });

    expect(api.started).toEqual([{ taskId: fromVideoId(id), run: 1 }]);
  });

  it('is two orders when two calls ask for the same and each loses two answers', async () => {
    const client = clientLosing(2);
    const create = () => client.videos.create({ prompt: 'Lost twice' });

    const videos = await Promise.all([create(), create()]);

    expect(new Set(videos.map(({ id }) => id)).size).toBe(2);
    expect(api.started).toHaveLength(2);
  });

  it.each(['0', '', 'x', '-1', '1.5'])('is a new order when the count is "%s"', async (count) => {
    const json = { prompt: `Counted ${count}` };
    const first = await post({ json });

    expect(idOf(await post({ json, headers: { 'x-stainless-retry-count': count } }))).not.toBe(idOf(first));
  });
});

function never(): never {
  throw new Error('There is no answer');
}
