import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { StepInput } from '../../../shared/domain/workflow-state.ts';
import { newShortId } from '../../../shared/ids.ts';
import { createSafeFetch } from '../../../shared/media/safe-fetch.ts';
import { parseOrder } from '../../../shared/ordering/parse-order.ts';
import { type OrderingDependencies, placeOrder } from '../../../shared/ordering/place-order.ts';
import { createFingerprintStore } from '../../../shared/storage/fingerprint-store.ts';
import { createMediaStore } from '../../../shared/storage/media-store.ts';
import type { TaskView } from '../../../shared/storage/task-store.ts';
import { createForgetfulClient } from '../../support/forgetful-client.ts';
import { createPng } from '../../support/images.ts';
import { createManualClock, type ManualClock } from '../../support/manual-clock.ts';
import { startMediaBucket } from '../../support/media-bucket.ts';
import { everyDeath, mortalOrdering, untilKilled } from '../../support/mortal.ts';
import { anOffer, readMonth } from '../../support/orders.ts';
import { startTables, type Tables } from '../../support/tables.ts';

const price = 200_000;
const parsed = parseOrder({ prompt: 'A lighthouse at dusk' });

let tables: Tables;
let clock: ManualClock;
let account: string;
let started: StepInput[];
let context: OrderingDependencies;
beforeAll(async () => {
  tables = await startTables();
});
afterAll(() => tables.close());
beforeEach(async () => {
  clock = createManualClock();
  account = newShortId();
  started = [];
  context = {
    offers: [anOffer()],
    tasks: tables.tasks,
    fingerprints: tables.fingerprints,
    standings: tables.standings,
    ledger: tables.ledger,
    media: createMediaStore(await startMediaBucket()),
    safeFetch: createSafeFetch({ trustedOrigins: [] }),
    trustedOrigins: [],
    clock,
    startExecution: async (input) => void started.push(input),
  };
});

/** One request of a client that counts its repeats; each a moment after the one before. */
async function send(retryCount?: number, dependencies = context, order = parsed): Promise<TaskView> {
  clock.advance(1);
  const counted = retryCount === undefined ? {} : { retryCount };
  return placeOrder({ account, parsed: order, ...counted }, dependencies);
}
const idsOf = (views: readonly TaskView[]) => new Set(views.map(({ task }) => task.id)).size;
const committed = async () => (await readMonth(tables, account)).committedMicroUsd;

describe('an order without a key', () => {
  it('pain 1: is bought once when its answers are lost and its client repeats it', async () => {
    const views = [await send(0), await send(1), await send(2)];

    expect(idsOf(views)).toBe(1);
    expect(started).toHaveLength(1);
    expect(await committed()).toBe(price);
  });

  it('is a second order when nothing marks it as a repeat', async () => {
    const views = [await send(0), await send(0), await send(), await send()];

    expect(idsOf(views)).toBe(4);
    expect(await committed()).toBe(4 * price);
  });

  it.each([
    ['one after the other', [0, 1, 2, 0, 1, 2], 2],
    ['in turns', [0, 0, 1, 1, 2, 2], 2],
    ['the second one overtaken', [0, 0, 1, 2, 1, 2], 2],
    ['the second one repeated only', [0, 0, 1], 2],
    ['the first request of one lost', [0, 1, 1], 2],
    ['the first two requests of one lost', [0, 1, 2, 2], 2],
    ['a repeat in the middle lost', [0, 0, 1, 2, 2], 2],
    ['three of them', [0, 0, 1, 0, 1, 2, 1, 2, 2], 3],
    ['one whose first request never came', [1, 2], 1],
    ['a repeat overtaken by the next one', [0, 2, 1], 1],
    ['a repeat overtaken by the next two', [0, 2, 3, 1], 1],
    ['one whose requests come the wrong way round', [3, 2, 1], 1],
    ['both with an overtaken repeat', [0, 0, 2, 2, 1, 1], 2],
    ['one overtaken, and another whose first request was lost', [0, 2, 1, 1, 2], 2],
  ])('is bought once for each call of equal orders: %s', async (_, counts, calls) => {
    const views: TaskView[] = [];
    for (const count of counts) views.push(await send(count));

    expect(idsOf(views)).toBe(calls);
    expect(await committed()).toBe(calls * price);
  });

  it('is bought once for each of 20 calls that come, and come again, at the same moment', async () => {
    const burst = (count: number) => Promise.all(Array.from({ length: 20 }, () => send(count)));

    const rounds = [await burst(0), await burst(1), await burst(2)];

    expect(rounds.map(idsOf)).toEqual([20, 20, 20]);
    expect(idsOf(rounds.flat())).toBe(20);
    expect(await committed()).toBe(20 * price);
  });

  it('is bought once for each of 20 calls whose overtaken repeats come at the same moment', async () => {
    const burst = (count: number) => Promise.all(Array.from({ length: 20 }, () => send(count)));

    await burst(0);
    await burst(2);
    expect(idsOf(await burst(1))).toBe(20);
    expect(await committed()).toBe(20 * price);
  });

  it.each([
    ['is known again ten minutes later, when a client whose time-out that is tries again', 600.5, 1],
    ['is a new order when the repeat comes later', 610, 2],
  ])('%s', async (_, seconds, tasks) => {
    const first = await send(0);
    clock.advance(seconds - 1);

    expect(idsOf([first, await send(1)])).toBe(tasks);
  });

  it('stays known for ten minutes from its last request', async () => {
    const views = [await send(0)];
    for (const count of [1, 2]) {
      clock.advance(599);
      views.push(await send(count));
    }

    expect(idsOf(views)).toBe(1);
  });

  it('is told to the client that repeats it, not an equal one that was answered before', async () => {
    for (let earlier = 0; earlier < 8; earlier += 1) await send(0);
    const last = await send(0);

    expect(await send(1)).toEqual(last);
    expect(await send(2)).toEqual(last);
  });

  it('does not absorb the repeat of another order, or of another account', async () => {
    const first = await send(0);
    const other = await send(1, context, parseOrder({ prompt: 'A lighthouse at dawn' }));
    account = newShortId();

    expect(idsOf([first, other, await send(1)])).toBe(3);
  });

  it('is answered from what was accepted, even after the offer is gone', async () => {
    const first = await send(0);

    expect(await send(1, { ...context, offers: [] })).toEqual(first);
  });

  it('is not shown among the tasks of the account by what is remembered of it', async () => {
    const { task } = await send(0);

    const page = await tables.tasks.listTaskViews({ account, limit: 10, order: 'asc' });
    expect(page.views.map((view) => view.task.id)).toEqual([task.id]);
  });
});

describe('an order without a key whose placing dies', () => {
  const png = `data:image/png;base64,${createPng({ width: 640, height: 480 }).toString('base64')}`;
  const withImage = parseOrder({ first_frame_image: png });
  const living = () => ({ ...context, offers });
  const image = {
    formats: ['png'],
    maxBytes: 99_999,
    minSidePixels: 100,
    isMinSideExclusive: false,
    aspect: [0.4, 2.5],
    takesDataUrls: false,
  } as const;
  const offers = [anOffer({ operation: 'i2v', prompt: { isRequired: false, maxLength: 99 }, image })];

  // The fingerprint's entry, the image, the accept transaction, the start of the execution.
  it.each(everyDeath(4))('$when write $write is bought once by its repeat', async (death) => {
    const fate = await untilKilled(send(0, mortalOrdering(living(), death), withImage));
    // An accepted order is answered, whatever fails then; that answer is lost here.
    expect(fate === 'survived').toBe((await committed()) > 0);
    const views = [await send(1, living(), withImage), await send(2, living(), withImage)];

    expect(idsOf(views)).toBe(1);
    expect(await committed()).toBe(price);
  });

  it.each(everyDeath(4))('and whose first repeat dies $when write $write is bought once', async (death) => {
    await untilKilled(send(0, mortalOrdering(living(), { write: 1, when: 'after' }), withImage));
    await untilKilled(send(1, mortalOrdering(living(), death), withImage));
    await send(2, living(), withImage);

    expect(await committed()).toBe(price);
  });

  it('is one order when its repeat comes while its first request is still at work', async () => {
    const [reached, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const putObject: typeof context.media.putObject = async (...object) => {
      reached.resolve();
      await gate.promise;
      await context.media.putObject(...object);
    };
    const slow = { ...living(), media: { ...context.media, putObject } };

    const first = send(0, slow, withImage);
    await reached.promise;
    const repeat = await send(1, living(), withImage);
    gate.resolve();

    expect((await first).task).toEqual(repeat.task);
    expect(started).toHaveLength(1);
    expect(await committed()).toBe(price);
  });

  it.each([0, 1, 2])('is bought once when the SDK writes the entry of request %i twice', async (count) => {
    const client = createForgetfulClient(tables.url, 'PutItemCommand');
    const disturbed = { ...context, fingerprints: createFingerprintStore({ client, tableName: 'tasks' }) };
    for (const each of [0, 1, 2]) await send(each, each === count ? disturbed : context);

    expect(await committed()).toBe(price);
    client.destroy();
  });

  it('leaves nothing that takes the repeat of a later order away from it', async () => {
    await untilKilled(send(0, mortalOrdering(context, { write: 1, when: 'after' })));
    await untilKilled(send(1, mortalOrdering(context, { write: 1, when: 'after' })));
    const second = await send(0);

    expect(await send(2)).toEqual(second);
    expect(await committed()).toBe(price);
  });
});
