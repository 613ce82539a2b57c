import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Task } from '../../../shared/domain/task.ts';
import type { VideoRequest } from '../../../shared/domain/video-request.ts';
import { newShortId } from '../../../shared/ids.ts';
import { resolveTask } from '../../../shared/ledger/resolve.ts';
import { settleTask } from '../../../shared/ledger/settle.ts';
import { requireTask } from '../../../shared/storage/task-store.ts';
import { placeArchivedEvidence } from '../../support/late-job.ts';
import { placeTestOrder } from '../../support/orders.ts';
import { startTables, type Tables } from '../../support/tables.ts';
import { webhookTools } from '../../support/webhooks.ts';

const now = new Date('2026-03-02T10:05:00.000Z');
const refusal = { code: 'content_rejected', message: 'Refused', charged: 'no' } as const;

let tables: Tables;
let account: string;
beforeAll(async () => {
  tables = await startTables();
});
afterAll(() => tables.close());
beforeEach(() => {
  account = newShortId();
});

const addEndpoint = (isEnabled: boolean) =>
  webhookTools(tables).endpoints.change(account, (endpoints) => [
    ...endpoints,
    {
      id: 'we_1',
      url: 'https://hooks.example.com/',
      events: ['video.failed'],
      isEnabled,
      createdAt: now.toISOString(),
      secret: 'whsec_',
      oldSecrets: [],
    },
  ]);

async function settle(request: Partial<VideoRequest> = {}): Promise<Task> {
  const task = await placeTestOrder(tables, { account, request });
  await settleTask({ ...task, failure: refusal }, now, tables.ledger);
  return requireTask(task.id, tables.tasks);
}

describe('settling a task', () => {
  it('leaves nobody to be told where nobody asked for it', async () => {
    await addEndpoint(false);
    expect((await settle()).followUps).toEqual([]);
  });

  it('leaves the webhook of its order', async () => {
    const { followUps, nextDueAt } = await settle({ webhook: { url: 'https://hooks.example.com/' } });
    expect([followUps, nextDueAt]).toEqual([['webhook'], '2026-03-02T10:06:00.000Z']);
  });

  it('leaves the endpoints of its account', async () => {
    await addEndpoint(true);
    expect((await settle()).followUps).toEqual(['webhook']);
  });

  it('goes on where the endpoints cannot be read, and leaves them for later', async () => {
    const item = marshall({ pk: `ACCOUNT#${account}`, sk: 'WEBHOOKS', version: 'broken' });
    await tables.client.send(new PutItemCommand({ TableName: 'accounts', Item: item }));

    expect(await settle()).toMatchObject({ state: 'failed', followUps: ['webhook'] });
  });
});

describe('publishing a late video', () => {
  it('leaves whoever was told of the failure to be told of the video', async () => {
    await addEndpoint(true);
    const task = await placeArchivedEvidence(tables, { account });

    expect(await resolveTask(task, { resolution: 'captured', now }, tables.ledger)).toBe('published');

    expect(await requireTask(task.id, tables.tasks)).toMatchObject({
      state: 'completed',
      followUps: ['webhook'],
      nextDueAt: now.toISOString(),
    });
  });
});
