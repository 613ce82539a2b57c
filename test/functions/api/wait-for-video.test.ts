import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getVideo } from '../../../functions/api/get-video.ts';
import type { Task } from '../../../shared/domain/task.ts';
import { toVideoId } from '../../../shared/ids.ts';
import { placeCompletedOrder } from '../../support/completed-task.ts';
import { anHttpEvent, toResponse } from '../../support/http-events.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { placeTestOrder } from '../../support/orders.ts';
import { type ServedApi, startApi } from '../../support/served-api.ts';

let api: ServedApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const attempt = {
  number: 1,
  provider: 'piapi',
  nativeModel: 't2v-01',
  priceMicroUsd: 200_000,
  claimedAt: '2026-03-02T10:00:00.000Z',
  claimId: 'claim-1',
};

interface Waiting {
  readonly query?: { readonly wait?: number };
  readonly prefer?: string;
  /** What happens to the row in the second that begins then. */
  readonly meanwhile?: Readonly<Record<number, () => Promise<unknown>>>;
}

/** Asks for a video while the clock stands still but for the pauses, and says how long it took. */
async function ask(task: Task, { query = {}, prefer = '', meanwhile = {} }: Waiting) {
  const clock = createManualClock();
  const start = clock.now().getTime();
  const elapsed = () => (clock.now().getTime() - start) / 1000;
  const event = anHttpEvent({ path: `/v1/videos/${toVideoId(task.id)}`, headers: { prefer } });
  const parameters = { id: toVideoId(task.id), ...query };
  const answer = await getVideo(
    { event, account: 'acme', keyId: 'key_1', isKeyCounted: false, parameters },
    {
      tasks: api.tables.tasks,
      queue: api.tables.queue,
      offers: [],
      publicUrl: 'https://conch.test',
      clock,
      pause: async (seconds) => {
        await meanwhile[elapsed()]?.();
        clock.advance(seconds);
      },
    },
  );
  return { ...toResponse(answer), seconds: elapsed() };
}

describe('GET /v1/videos/{id} with wait', () => {
  it('answers after the time with the video as it was when nothing changed', async () => {
    const task = await placeTestOrder(api.tables);

    const answer = await ask(task, { query: { wait: 25 } });

    expect(answer).toMatchObject({ status: 200, seconds: 25, body: { status: 'queued' } });
    expect(answer.headers).toMatchObject({ 'preference-applied': 'wait=25' });
  });

  it('answers within a second after the state changed', async () => {
    const task = await placeTestOrder(api.tables);
    const change = () => api.tables.tasks.transition(task.id, { from: ['accepted'], to: 'processing' });

    const answer = await ask(task, { prefer: 'respond-async, wait=20', meanwhile: { 3: change } });

    expect(answer).toMatchObject({ seconds: 4, body: { gateway: { state: 'processing' } } });
    expect(answer.headers).toMatchObject({ 'preference-applied': 'wait=20' });
  });

  it('answers when an attempt ends although the state stays', async () => {
    const { id } = await placeTestOrder(api.tables);
    const set = { attempts: [attempt] };
    const task = await api.tables.tasks.transition(id, { from: ['accepted'], to: 'submitting', set });
    if (task === 'stale') throw new Error('The attempt was not claimed');
    const change = () => api.tables.tasks.amend(id, { set: { 'attempts[0].outcome': 'not_sent' } });

    const answer = await ask(task, { query: { wait: 20 }, meanwhile: { 0: change } });

    expect(answer).toMatchObject({ seconds: 1, body: { gateway: { attempts: [{ outcome: 'not_sent' }] } } });
  });

  it('waits on while the row changes where nobody sees it', async () => {
    const task = await placeTestOrder(api.tables);
    const look = () => api.tables.tasks.amend(task.id, { set: { wake: 'now' }, add: { looks: 1 } });

    expect(await ask(task, { query: { wait: 5 }, meanwhile: { 1: look } })).toMatchObject({ seconds: 5 });
  });

  it('answers a video that is final at once, and a wait of 0 too', async () => {
    const final = await placeCompletedOrder(api.tables);
    const live = await placeTestOrder(api.tables);

    expect(await ask(final, { query: { wait: 25 } })).toMatchObject({ seconds: 0 });
    const answer = await ask(live, { query: { wait: 0 } });
    expect(answer).toMatchObject({ seconds: 0, headers: { 'preference-applied': 'wait=0' } });
  });

  it('lets the query decide where both are given, and says nothing of a preference where none is', async () => {
    const task = await placeTestOrder(api.tables);

    expect(await ask(task, { query: { wait: 2 }, prefer: 'wait=9' })).toMatchObject({ seconds: 2 });
    const answer = await ask(task, { prefer: 'respond-async' });
    expect(answer.seconds).toBe(0);
    expect(answer.headers).not.toHaveProperty('preference-applied');
  });

  it.each(['26', '-1', '1.5', 'long', ''])('refuses wait=%s', async (wait) => {
    const { id } = await placeTestOrder(api.tables);
    const path = `/v1/videos/${toVideoId(id)}`;

    const inQuery = await api.call({ path: `${path}?wait=${wait}` });
    const inHeader = await api.call({ path, headers: { prefer: `wait=${wait}` } });

    expect(inQuery).toMatchObject({ status: 400, body: { code: 'invalid_query', param: 'wait' } });
    expect(inHeader).toMatchObject({ status: 400, body: { code: 'invalid_query', param: 'Prefer' } });
  });

  it('is read from the query of a request', async () => {
    const task = await placeCompletedOrder(api.tables);

    const { status, headers } = await api.call({ path: `/v1/videos/${toVideoId(task.id)}?wait=25` });

    expect([status, headers['preference-applied']]).toEqual([200, 'wait=25']);
  });
});
