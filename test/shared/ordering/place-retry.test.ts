import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Task } from '../../../shared/domain/task.ts';
import { retryIdOf, sha256 } from '../../../shared/ids.ts';
import { resolveTask } from '../../../shared/ledger/resolve.ts';
import { placeRetry } from '../../../shared/ordering/place-retry.ts';
import { inputKey } from '../../../shared/storage/media-store.ts';
import type { TaskView } from '../../../shared/storage/task-store.ts';
import { createPng } from '../../support/images.ts';
import { everyDeath, mortalOrdering, untilKilled } from '../../support/mortal.ts';
import { eachOrdering, refusal } from '../../support/ordering.ts';
import { anOffer } from '../../support/orders.ts';
import { placeSubmitUnknown } from '../../support/submit-unknown.ts';
import { startTables, type Tables } from '../../support/tables.ts';

const price = 200_000;
const prompt = 'A lighthouse at dusk';
const png = createPng({ width: 640, height: 480 });
const withImage = { first_frame_image: `data:image/png;base64,${png.toString('base64')}` };

let tables: Tables;
beforeAll(async () => {
  tables = await startTables();
});
afterAll(() => tables.close());

const ordering = eachOrdering(() => tables);
const retry = (source: TaskView, context = ordering().context) =>
  placeRetry({ source, keyId: 'key-1' }, context);
const imageKey = () => inputKey(ordering().account, sha256(png), 'png');
const setAtEnd = async ({ task }: TaskView, set: Partial<Task>) => {
  await tables.tasks.amendTerminal(task.id, { set });
  return ordering().read(task.id);
};

describe('placeRetry', () => {
  it('orders the same again at the price of today, and each task says which is the other', async () => {
    const order = { prompt, model: 'hailuo-01', provider: 'piapi', max_cost_usd: 1, metadata: { shot: '7' } };
    const source = await ordering().placeEnded(order);
    const dearer = { resolution: '720P', size: '1280x720', seconds: 6, isPriceAssumed: false } as const;
    const offers = [anOffer({ variants: [{ ...dearer, priceMicroUsd: 300_000 }] })];

    const { task, request } = await retry(source, { ...ordering().context, offers });

    expect(request).toEqual(source.request);
    expect(request).toMatchObject({ seconds: 6, resolution: '720P', maxCostMicroUsd: 1_000_000 });
    const fresh = { state: 'accepted', holdMicroUsd: 300_000, keyId: 'key-1', attempts: [] };
    expect(await ordering().read(task.id)).toMatchObject({
      task: { ...fresh, retryOf: source.task.id },
      request: source.request,
    });
    expect((await ordering().read(source.task.id)).task).toEqual({ ...source.task, retriedBy: task.id });
    expect(await ordering().committed()).toBe(300_000);
    expect(ordering().started.at(-1)).toEqual({ taskId: task.id, run: 1 });
  });

  it('pain 1: is one task when it comes 25 times at once', async () => {
    const source = await ordering().placeEnded({ prompt });

    const views = await Promise.all(Array.from({ length: 25 }, () => retry(source)));

    expect(new Set(views.map(({ task }) => task.id)).size).toBe(1);
    expect(await ordering().taskIds()).toHaveLength(2);
    expect(ordering().started).toHaveLength(2);
    expect(await ordering().committed()).toBe(price);
  });

  it('is the same task for ever, also after it failed and its offer is gone', async () => {
    const source = await ordering().placeEnded({ prompt });
    const { task } = await retry(source);
    const failed = await ordering().end(task.id);

    const again = await retry(await ordering().read(source.task.id), { ...ordering().context, offers: [] });

    expect(again).toEqual(failed);
    expect(await ordering().committed()).toBe(0);
  });

  it('is retried in its turn', async () => {
    const source = await ordering().placeEnded({ prompt });
    const failed = await ordering().end((await retry(source)).task.id);

    const second = await retry(failed);

    expect(second.task).toMatchObject({ retryOf: failed.task.id, state: 'accepted' });
    expect(await ordering().taskIds()).toHaveLength(3);
  });

  it('takes what was canceled, and what a person has resolved', async () => {
    const canceled = await ordering().placeEnded({ prompt }, { failure: { ...refusal, code: 'canceled' } });
    const unknown = await placeSubmitUnknown(tables, { account: ordering().account });
    const now = ordering().clock.now();
    await resolveTask(unknown, { resolution: 'captured', now }, tables.ledger);

    const retries = [await retry(canceled), await retry(await ordering().read(unknown.id))];

    expect(canceled.task.state).toBe('canceled');
    expect(retries.map(({ task }) => task.retryOf)).toEqual([canceled.task.id, unknown.id]);
  });

  it('leaves the place in the outbox to the order that was dropped there', async () => {
    const { task } = await ordering().place({ prompt }, 'harbour');

    const retried = await retry(await ordering().end(task.id));

    expect(retried.task.outboxName).toBeUndefined();
  });
});

describe('placeRetry refuses, and holds nothing', () => {
  const refusalOf = async (source: TaskView, context = ordering().context) => {
    const [before, ids] = [await ordering().committed(), await ordering().taskIds()];
    const error: unknown = await retry(source, context).catch((thrown: unknown) => thrown);
    expect(await ordering().committed()).toBe(before);
    expect(await ordering().taskIds()).toEqual(ids);
    expect((await ordering().read(source.task.id)).task.retriedBy).toBeUndefined();
    return error;
  };

  it('what goes on, is completed, or keeps its hold', async () => {
    const result = { key: 'videos/x.mp4', bytes: 9, sha256: 'f' };
    const sources = [
      await ordering().place({ prompt }),
      await ordering().placeEnded({ prompt }, { result }),
      await ordering().read((await placeSubmitUnknown(tables, { account: ordering().account })).id),
    ];

    const refusals = [];
    for (const source of sources) refusals.push(await refusalOf(source));

    expect(refusals).toEqual(
      ['is accepted; only', 'is completed; only', 'nobody knows yet'].map((text) =>
        expect.objectContaining({
          code: 'video_not_retryable',
          message: expect.stringContaining(text),
        }),
      ),
    );
  });

  it.each<[string, Partial<Task>]>([
    ['deleted', { deletedAt: '2026-03-02T10:01:00.000Z' }],
    ['completed by a review', { state: 'completed' }],
  ])('what was %s after it was read', async (_, meanwhile) => {
    const source = await ordering().placeEnded({ prompt });
    await setAtEnd(source, meanwhile);

    expect(await refusalOf(source)).toMatchObject({ code: 'video_not_retryable' });
    expect(ordering().started).toHaveLength(1);
  });

  it('what no provider sells any more', async () => {
    const source = await ordering().placeEnded({ prompt });
    const offers = [anOffer({ model: 'hailuo-02' })];

    const named = await refusalOf(
      { ...source, request: { ...source.request, model: 'hailuo-01' } },
      {
        ...ordering().context,
        offers,
      },
    );

    expect(named).toMatchObject({ code: 'invalid_request', violations: [{ param: 'model' }] });
  });

  it('what no budget has room for, until one has', async () => {
    const source = await ordering().placeEnded({ prompt });
    await tables.accounts.createAccount(ordering().account, ordering().clock.now(), { monthlyMicroUsd: 1 });

    expect(await refusalOf(source)).toMatchObject({ code: 'budget_exceeded' });
    await tables.accounts.changeAccount(ordering().account, { monthly: 'none' });
    expect((await retry(source)).task.state).toBe('accepted');
  });

  it('what is made from an image that is expired', async () => {
    const source = await ordering().placeEnded(withImage);
    await ordering().context.media.deleteObject(imageKey());

    expect(await refusalOf(source)).toMatchObject({
      violations: [
        {
          param: 'first_frame_image',
          code: 'file_not_found',
          message: expect.stringMatching(/^first_frame_image: .* is expired/),
        },
      ],
    });
  });

  it.each([
    ['an upload that is expired', 'inputs/acme/uploads/file_AAAAAAAAAAAA', /is expired/],
    ['a video that was deleted', 'videos/331ac6c1e3d7ead4.mp4', /video_331ac6c1e3d7ead4" does not exist/],
  ])('what is made from %s', async (_, key, message) => {
    const source = await ordering().placeEnded({ prompt });
    const operation = 'upscale';
    const request = { operation, sourceVideo: { kind: 'stored', key } } as const;
    const offers = [anOffer({ operation, prompt: { isRequired: false, maxLength: 99 } })];

    const refused = await refusalOf({ ...source, request }, { ...ordering().context, offers });

    expect(refused).toMatchObject({
      violations: [
        { param: 'source_video', code: 'file_not_found', message: expect.stringMatching(message) },
      ],
    });
  });
});

describe('placeRetry of an order with an image', () => {
  it('stores the image anew, so that it does not expire before its order is sent', async () => {
    const source = await ordering().placeEnded(withImage);
    const { media } = ordering().context;
    const stored: string[] = [];
    const putObject: typeof media.putObject = async (...object) => {
      stored.push(object[0]);
      await media.putObject(...object);
    };

    const { request } = await retry(source, { ...ordering().context, media: { ...media, putObject } });

    expect(stored).toEqual([imageKey()]);
    expect(request.firstFrameImage).toEqual(source.request.firstFrameImage);
  });

  // The image, the accept transaction, the start of the execution.
  it.each(everyDeath(3))('that dies $when write $write is bought once by its repeat', async (death) => {
    const source = await ordering().placeEnded(withImage);
    const fate = await untilKilled(retry(source, mortalOrdering(ordering().context, death)));
    // An accepted order is answered, whatever fails then; that answer is lost here.
    expect(fate === 'survived').toBe((await ordering().committed()) > 0);

    const views = [await retry(source), await retry(await ordering().read(source.task.id))];

    const id = retryIdOf(ordering().account, source.task.id);
    expect(views.map(({ task }) => task.id)).toEqual([id, id]);
    expect((await ordering().read(source.task.id)).task.retriedBy).toBe(id);
    expect(await ordering().taskIds()).toEqual([source.task.id, id]);
    expect(await ordering().committed()).toBe(price);
  });

  it('answers with the retry although its source was completed by a review since', async () => {
    const source = await ordering().placeEnded(withImage);
    const { task } = await retry(source);
    const completed = await setAtEnd(source, { state: 'completed' });

    expect((await retry(completed)).task.id).toBe(task.id);
    expect(await ordering().committed()).toBe(price);
  });
});
