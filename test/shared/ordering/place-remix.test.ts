import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Failure } from '../../../shared/domain/job-progress.ts';
import { sha256 } from '../../../shared/ids.ts';
import { parseOrder } from '../../../shared/ordering/parse-order.ts';
import { placeOrder } from '../../../shared/ordering/place-order.ts';
import { placeRemix } from '../../../shared/ordering/place-remix.ts';
import { inputKey } from '../../../shared/storage/media-store.ts';
import type { TaskView } from '../../../shared/storage/task-store.ts';
import { createPng } from '../../support/images.ts';
import { everyDeath, mortalOrdering, untilKilled } from '../../support/mortal.ts';
import { eachOrdering, refusal } from '../../support/ordering.ts';
import { placeSubmitUnknown } from '../../support/submit-unknown.ts';
import { startTables, type Tables } from '../../support/tables.ts';

const price = 200_000;
const png = createPng({ width: 640, height: 480 });
const withImage = { first_frame_image: `data:image/png;base64,${png.toString('base64')}` };
const result = { key: 'videos/x.mp4', bytes: 9, sha256: 'f' };

let tables: Tables;
beforeAll(async () => {
  tables = await startTables();
});
afterAll(() => tables.close());

const ordering = eachOrdering(() => tables);

interface Marks {
  readonly prompt?: string;
  readonly idempotencyKey?: string;
  readonly retryCount?: number;
}

/** One request for a remix; each a moment after the one before. */
async function remix(source: TaskView, marks: Marks = {}, { context } = ordering()): Promise<TaskView> {
  ordering().clock.advance(1);
  return placeRemix({ source, keyId: 'key-1', prompt: 'At dawn', ...marks }, context);
}
const idsOf = (views: readonly TaskView[]) => new Set(views.map(({ task }) => task.id)).size;

describe('placeRemix', () => {
  it('orders the same with another prompt, and says of what', async () => {
    const order = { prompt: 'At dusk', model: 'hailuo-01', provider: 'piapi', metadata: { shot: '7' } };
    const source = await ordering().placeEnded({ ...order, ...withImage }, { result });

    const { task } = await remix(source);

    const { request } = await ordering().read(task.id);
    expect(request).toEqual({ ...source.request, prompt: 'At dawn' });
    const fresh = { state: 'accepted', keyId: 'key-1', operation: 'i2v', holdMicroUsd: price };
    expect(task).toMatchObject({ ...fresh, remixOf: source.task.id });
    expect(task.retryOf).toBeUndefined();
    expect(ordering().started.at(-1)).toEqual({ taskId: task.id, run: 1 });
    expect((await ordering().read(source.task.id)).task).toEqual(source.task);
  });

  it('takes whatever ended', async () => {
    const canceled: Failure = { ...refusal, code: 'canceled' };
    const sources = [
      await ordering().placeEnded({ prompt: 'At dusk' }, { failure: canceled }),
      await ordering().placeEnded({ prompt: 'At dusk' }),
      await ordering().read((await placeSubmitUnknown(tables, { account: ordering().account })).id),
    ];

    const remixes = [];
    for (const source of sources) remixes.push((await remix(source)).task.remixOf);

    expect(remixes).toEqual(sources.map(({ task }) => task.id));
  });

  it('refuses what goes on', async () => {
    const source = await ordering().place({ prompt: 'At dusk' });

    await expect(remix(source)).rejects.toMatchObject({
      code: 'video_not_ended',
      message: expect.stringContaining('is accepted; only one that ended can be remixed'),
    });
    expect(await ordering().taskIds()).toEqual([source.task.id]);
  });

  it('refuses what is made from an image that is expired, and leaves the Idempotency-Key free', async () => {
    const source = await ordering().placeEnded(withImage);
    const { account, context } = ordering();
    const key = inputKey(account, sha256(png), 'png');
    await context.media.deleteObject(key);

    await expect(remix(source, { idempotencyKey: 'k' })).rejects.toMatchObject({
      violations: [{ param: 'first_frame_image', code: 'file_not_found' }],
    });
    await context.media.putObject(key, png, 'image/png');
    expect(await remix(source, { idempotencyKey: 'k' })).toMatchObject({ task: { state: 'accepted' } });
  });

  it('refuses a prompt that no offer takes, before anything is written', async () => {
    const source = await ordering().placeEnded({ prompt: 'At dusk' });

    await expect(remix(source, { prompt: 'x'.repeat(2001), retryCount: 0 })).rejects.toMatchObject({
      violations: [{ param: 'prompt', code: 'prompt_too_long' }],
    });
    expect(await ordering().committed()).toBe(0);
  });
});

describe('a remix under an Idempotency-Key', () => {
  it('pain 1: is one task when it comes 25 times at once', async () => {
    const source = await ordering().placeEnded({ prompt: 'At dusk' });

    const views = await Promise.all(Array.from({ length: 25 }, () => remix(source, { idempotencyKey: 'k' })));

    expect(idsOf(views)).toBe(1);
    expect(ordering().started).toHaveLength(2);
    expect(await ordering().committed()).toBe(price);
  });

  it('is refused when the key was used with another prompt, another video, or a plain order', async () => {
    const source = await ordering().placeEnded({ prompt: 'At dusk' });
    const other = await ordering().placeEnded({ prompt: 'At dusk' });
    const { account, context } = ordering();
    await remix(source, { idempotencyKey: 'remixed' });
    const parsed = parseOrder({ prompt: 'At dawn', seconds: 6, resolution: '720P' });
    await placeOrder({ account, parsed, idempotencyKey: 'ordered' }, context);

    const mismatches = [
      () => remix(source, { idempotencyKey: 'remixed', prompt: 'At noon' }),
      () => remix(other, { idempotencyKey: 'remixed' }),
      () => remix(source, { idempotencyKey: 'ordered' }),
      () => placeOrder({ account, parsed, idempotencyKey: 'remixed' }, context),
    ];

    for (const mismatch of mismatches)
      await expect(mismatch()).rejects.toMatchObject({ code: 'idempotency_mismatch' });
  });
});

describe('a remix without a key', () => {
  it('pain 1: is bought once when its answers are lost and its client repeats it', async () => {
    const source = await ordering().placeEnded({ prompt: 'At dusk' });

    const views = [0, 1, 2].map((retryCount) => () => remix(source, { retryCount }));
    const answers = [];
    for (const view of views) answers.push(await view());

    expect(idsOf(answers)).toBe(1);
    expect(await ordering().committed()).toBe(price);
  });

  it('is another one for each call, each video, each prompt, and no plain order', async () => {
    const source = await ordering().placeEnded({ prompt: 'At dusk' });
    const other = await ordering().placeEnded({ prompt: 'At dusk' });
    const parsed = parseOrder({ prompt: 'At dawn', seconds: 6, resolution: '720P' });

    const views = [
      await remix(source, { retryCount: 0 }),
      await remix(source, { retryCount: 0 }),
      await remix(other, { retryCount: 1 }),
      await remix(source, { retryCount: 1, prompt: 'At noon' }),
      await placeOrder({ account: ordering().account, parsed, retryCount: 1 }, ordering().context),
    ];

    expect(idsOf(views)).toBe(5);
  });

  // The fingerprint's entry, the image, the accept transaction, the start of the execution.
  it.each(everyDeath(4))('that dies $when write $write is bought once by its repeat', async (death) => {
    const source = await ordering().placeEnded(withImage);
    const context = mortalOrdering(ordering().context, death);
    const fate = await untilKilled(remix(source, { retryCount: 0 }, { ...ordering(), context }));
    // An accepted order is answered, whatever fails then; that answer is lost here.
    expect(fate === 'survived').toBe((await ordering().committed()) > 0);

    const views = [await remix(source, { retryCount: 1 }), await remix(source, { retryCount: 2 })];

    expect(idsOf(views)).toBe(1);
    expect(await ordering().taskIds()).toHaveLength(2);
    expect(await ordering().committed()).toBe(price);
  });
});
