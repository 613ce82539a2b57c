import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { Task } from '../../../shared/domain/task.ts';
import { toVideoId } from '../../../shared/ids.ts';
import { type ServedApi, startApi } from '../../support/served-api.ts';
import { storeTask } from '../../support/stored-tasks.ts';

const listSchema = z.object({
  data: z.array(z.object({ id: z.string() })),
  has_more: z.boolean(),
  last_id: z.string().nullable(),
});

let api: ServedApi;
let key: string;
beforeAll(async () => {
  api = await startApi();
  key = (await api.tables.accounts.createKey('filterer', new Date())).text;
  for (const [index, { shot, ...changes }] of rows.entries()) {
    const createdAt = `2026-03-02T10:00:0${index}.000Z`;
    const request = { metadata: shot === undefined ? {} : { shot, 'a.b': 'c' } };
    const task = await storeTask(api.tables, { account: 'filterer', createdAt, ...changes }, { request });
    names.set(toVideoId(task.id), `${index}`);
  }
});
afterAll(() => api.close());

const rows: readonly (Partial<Task> & { readonly shot?: string })[] = [
  { state: 'accepted', shot: 'one' },
  { state: 'submitting', model: 'hailuo-2.3' },
  { state: 'processing', provider: 'cloudsway', shot: 'two' },
  { state: 'archiving', shot: '' },
  { state: 'completed', chargeMicroUsd: 200_000, shot: 'one' },
  { state: 'failed', chargeMicroUsd: 0, provider: 'cloudsway', shot: 'one' },
];
/** The places of the rows by their ids. */
const names = new Map<string, string>();

async function list(query: string) {
  const headers = { authorization: `Bearer ${key}` };
  const { body } = await api.call({ path: `/v1/videos?order=asc&${query}`, headers });
  const { data, has_more: hasMore, last_id: lastId } = listSchema.parse(body);
  return { found: data.map(({ id }) => names.get(id)).join(''), hasMore, lastId };
}

describe('GET /v1/videos with filters', () => {
  it.each([
    ['status=queued', '01'],
    ['status=in_progress', '23'],
    ['status=completed', '4'],
    ['status=failed', '5'],
    ['model=hailuo-2.3', '1'],
    ['model=unheard-of', ''],
    ['provider=cloudsway', '25'],
    ['metadata[shot]=one', '045'],
    ['metadata.shot=one', '045'],
    ['metadata%5Bshot%5D=two', '2'],
    ['metadata[shot]=', '3'],
    ['metadata[a.b]=c&metadata[shot]=two', '2'],
    ['metadata.a.b=c', '02345'],
    ['metadata[shot]=one&metadata.shot=two', ''],
    ['metadata[toString]=x', ''],
    ['status=failed&provider=cloudsway&metadata[shot]=one', '5'],
    ['created_after=1772445602', '2345'],
    ['created_after=2026-03-02T10:00:02Z', '2345'],
    ['created_before=1772445602', '01'],
    ['created_after=2026-03-02T11:00:01%2B01:00&created_before=2026-03-02T10:00:03Z', '12'],
    ['created_after=2026-03-02&created_before=2026-03-03', '012345'],
    ['created_after=2026-03-03', ''],
  ])('finds by %s the videos %j', async (query, found) => {
    expect(await list(query)).toMatchObject({ found, hasMore: false });
  });

  it('pages through what it finds', async () => {
    const first = await list('metadata[shot]=one&limit=2');
    const second = await list(`metadata[shot]=one&limit=2&after=${first.lastId}`);

    expect(first).toMatchObject({ found: '04', hasMore: true });
    expect(second).toMatchObject({ found: '5', hasMore: false });
  });

  it('goes on behind a video that lies outside of the range', async () => {
    const [oldest = ''] = names.keys();

    expect(await list(`created_after=1772445604&after=${oldest}`)).toMatchObject({ found: '45' });
    expect(await list(`created_after=1772445604&order=desc&after=${oldest}`)).toMatchObject({ found: '' });
  });

  it.each([
    ['status', 'status=done'],
    ['status', 'status='],
    ['metadata', 'metadata=one'],
    ['metadata[]', 'metadata[]=one'],
    ['stauts', 'stauts=failed'],
    ['created_after', 'created_after=yesterday'],
    ['created_after', 'created_after=2026-02-30'],
    ['created_before', 'created_before=-1'],
    ['created_before', 'created_after=2026-03-02&created_before=2026-03-02'],
  ])('refuses a wrong %s in %s', async (param, query) => {
    const answer = await api.call({ path: `/v1/videos?${query}` });

    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_query', param } });
  });
});
