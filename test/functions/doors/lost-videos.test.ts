import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toVideoId } from '../../../shared/ids.ts';
import { readAnyId } from '../../../shared/providers/id-forms.ts';
import { requireTask } from '../../../shared/storage/task-store.ts';
import { completeTask } from '../../support/completed-task.ts';
import { type ServedApi, startApi } from '../../support/served-api.ts';
import { idSchema, ways } from './ways-in.ts';

let api: ServedApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const { conch: _, ...doors } = ways;
const past = '2026-03-03T00:00:00.000Z';
const losses = {
  deleted: {
    expiresAt: undefined,
    lose: (id: string) => api.call({ method: 'DELETE', path: `/v1/videos/${toVideoId(id)}` }),
    reason: 'The video was deleted',
  },
  expired: { expiresAt: past, lose: async () => undefined, reason: 'The video has expired' },
};
/** What the doors show whose answer to an order has more than an id. */
const shown: Readonly<Record<string, (reason: string) => object>> = {
  piapi: (raw_message) => ({ data: { status: 'failed', output: null, error: { raw_message } } }),
  kie: () => ({ data: { status: 2 } }),
};

const cases = Object.entries(doors).flatMap(([door, way]) =>
  Object.entries(losses).map(([loss, terms]) => ({ door, way, loss, terms })),
);

describe('an order that is repeated after its video was lost', () => {
  it.each(cases)(
    '$loss names its task at $door, and shows no success',
    async ({ door, way, loss, terms }) => {
      const headers = {
        'idempotency-key': `${door} ${loss}`,
        ...(door === 'kie-market' && { authorization: `Bearer ${api.keys.kieMarket}` }),
      };
      const order = () => api.call({ method: 'POST', path: way.path, json: way.order, headers });
      const id = idSchema.parse((await order()).body);
      const task = await requireTask(readAnyId(id) ?? '', api.tables.tasks);
      await completeTask(api.tables, task, terms.expiresAt);
      await terms.lose(task.id);

      const { status, body } = await order();

      expect([status, idSchema.parse(body)]).toEqual([200, id]);
      expect(body).toMatchObject(shown[door]?.(terms.reason) ?? {});
      expect(JSON.stringify(body)).not.toContain(task.linkSecret);
      expect((await api.call({ path: way.look(id), headers })).status).toBe(404);
    },
  );
});
