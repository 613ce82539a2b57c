import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { fromVideoId, toVideoId } from '../../../shared/ids.ts';
import { uuidId } from '../../../shared/providers/id-forms.ts';
import { placeTestOrder } from '../../support/orders.ts';
import { type ServedApi, startApi } from '../../support/served-api.ts';

let api: ServedApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

describe('GET /v1/videos', () => {
  const listSchema = z.object({
    data: z.array(z.object({ id: z.string() })),
    has_more: z.boolean(),
    first_id: z.string().nullable(),
    last_id: z.string().nullable(),
  });
  const list = async (key: string, query = '') => {
    const { body } = await api.call({
      path: `/v1/videos${query}`,
      headers: { authorization: `Bearer ${key}` },
    });
    const { data, ...page } = listSchema.parse(body);
    return { ...page, ids: data.map(({ id }) => id) };
  };
  const fillAccount = async (account: string) => {
    const key = (await api.tables.accounts.createKey(account, new Date())).text;
    const ids: string[] = [];
    for (const second of [1, 2, 3]) {
      const now = new Date(`2026-03-02T10:00:0${second}.000Z`);
      ids.push(toVideoId((await placeTestOrder(api.tables, { account, now })).id));
    }
    return { key, ids };
  };

  it('pages through the account from the newest on', async () => {
    const { key, ids } = await fillAccount('pager');
    const [oldest, middle, newest] = ids;

    const first = await list(key, '?limit=2');
    const second = await list(key, `?limit=2&after=${first.last_id}`);

    expect(first).toEqual({ ids: [newest, middle], has_more: true, first_id: newest, last_id: middle });
    expect(second).toEqual({ ids: [oldest], has_more: false, first_id: oldest, last_id: oldest });
  });

  it('goes on after a video by the id that another API has for it', async () => {
    const { key, ids } = await fillAccount('traveller');
    const [oldest = '', middle = ''] = ids;
    const after = uuidId.toText(fromVideoId(middle) ?? '');

    expect((await list(key, `?after=${after}`)).ids).toEqual([oldest]);
  });

  it('begins with the oldest on request', async () => {
    const { key, ids } = await fillAccount('historian');

    expect((await list(key, '?order=asc')).ids).toEqual(ids);
  });

  it('is empty for an account without tasks', async () => {
    const { text } = await api.tables.accounts.createKey('newcomer', new Date());

    expect(await list(text)).toEqual({ ids: [], has_more: false, first_id: null, last_id: null });
  });

  it.each([
    ['limit', '?limit=0'],
    ['limit', '?limit=101'],
    ['limit', '?limit=many'],
    ['order', '?order=up'],
    ['after', '?after=video_0000000000000000'],
  ])('refuses a wrong %s in %s', async (param, query) => {
    const answer = await api.call({ path: `/v1/videos${query}` });

    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_query', param } });
  });
});
