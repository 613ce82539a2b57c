import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { fromVideoId, toVideoId } from '../../../shared/ids.ts';
import { settleTask } from '../../../shared/ledger/settle.ts';
import { readAnyId } from '../../../shared/providers/id-forms.ts';
import type { TaskView } from '../../../shared/storage/task-store.ts';
import { type ServedApi, startApi } from '../../support/served-api.ts';

let api: ServedApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const failure = { code: 'generation_failed', message: 'Failed', charged: 'no' } as const;
const taskSchema = z.object({ data: z.object({ task_id: z.string() }) });
const lookAt = async (id: string) => (await api.call({ path: `/api/v1/task/${id}` })).body;

async function read(id: string): Promise<TaskView> {
  const view = await api.tables.tasks.getTaskView(id);
  if (view === undefined) throw new Error(`There is no task ${id}`);
  return view;
}

async function order(headers: Record<string, string> = {}): Promise<TaskView> {
  const input = { model: 't2v-01', prompt: 'A lighthouse at dusk', expand_prompt: true };
  const webhook_config = { endpoint: 'https://hooks.example.com/done', secret: 'shh' };
  const json = { model: 'hailuo', task_type: 'video_generation', input, config: { webhook_config } };
  const { body } = await api.call({ method: 'POST', path: '/api/v1/task', json, headers });
  return read(readAnyId(taskSchema.parse(body).data.task_id) ?? '');
}

async function placeAgain({ task }: TaskView, action: string, json?: object): Promise<TaskView> {
  await settleTask({ ...task, failure }, new Date(), api.tables.ledger);
  const path = `/v1/videos/${toVideoId(task.id)}/${action}`;
  const { body } = await api.call({ method: 'POST', path, ...(json && { json }) });
  return read(fromVideoId(z.object({ id: z.string() }).parse(body).id) ?? '');
}

describe('an order of a door that is placed once more', () => {
  it.each([
    ['retry', undefined, 'A lighthouse at dusk'],
    ['remix', { prompt: 'A lighthouse at dawn' }, 'A lighthouse at dawn'],
  ])('by a %s calls nobody back, and is shown as it is now', async (action, json, prompt) => {
    const source = await order();
    expect(source.task.hasWebhook).toBe(true);

    const { task, request } = await placeAgain(source, action, json);

    expect(task).not.toHaveProperty('hasWebhook');
    expect(request).toMatchObject({ prompt, promptOptimizer: true, preferredProvider: 'piapi' });
    expect([request.webhook, request.door]).toEqual([undefined, undefined]);
    expect(await lookAt(toVideoId(task.id))).toMatchObject({
      data: { input: { prompt }, config: { webhook_config: { endpoint: '', secret: '' } } },
    });
  });
});

describe('the key of an order at a door', () => {
  it.each([
    ['without limits is counted nowhere', {}, false],
    ['with a limit is counted for it', { monthlyMicroUsd: 9_000_000 }, undefined],
  ])('%s', async (_, terms, isKeyCounted) => {
    const { text, keyId } = await api.tables.accounts.createKey('acme', new Date(), terms);

    const { task } = await order({ authorization: `Bearer ${text}` });

    expect([task.keyId, task.isKeyCounted]).toEqual([keyId, isKeyCounted]);
  });

  it('with a limit sees what that leaves as the balance', async () => {
    const terms = { monthlyMicroUsd: 9_000_000 };
    const { text } = await api.tables.accounts.createKey('acme', new Date(), terms);
    const headers = { authorization: `Bearer ${text}` };
    await order(headers);

    const { body } = await api.call({ path: '/account/info', headers });

    expect(body).toMatchObject({ data: { equivalent_in_usd: 8.8 } });
  });
});
