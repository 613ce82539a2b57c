import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Failure } from '../../../shared/domain/job-progress.ts';
import type { Task } from '../../../shared/domain/task.ts';
import { newShortId } from '../../../shared/ids.ts';
import { settleTask } from '../../../shared/ledger/settle.ts';
import { placeTestOrder } from '../../support/orders.ts';
import { startTables, type Tables } from '../../support/tables.ts';

const now = new Date('2026-03-02T10:00:00.000Z');
const end = new Date('2026-03-02T10:04:00.000Z');
const result = { key: 'videos/x.mp4', bytes: 9, sha256: 'f'.repeat(64) };
const refusal: Failure = { code: 'content_rejected', message: 'Refused', charged: 'no' };

let tables: Tables;
let account: string;
beforeAll(async () => {
  tables = await startTables();
});
afterAll(() => tables.close());
beforeEach(() => {
  account = newShortId();
});

async function settled(changes: Partial<Task>, outboxName?: string): Promise<Task | undefined> {
  const task = await placeTestOrder(tables, { account, ...(outboxName !== undefined && { outboxName }) });
  await settleTask({ ...task, state: 'archiving', ...changes }, end, tables.ledger);
  return tables.tasks.getTask(task.id);
}

describe('a video that is completed', () => {
  it('stays for 30 days, and is due to be removed then', async () => {
    await tables.accounts.createAccount(account, now);

    expect(await settled({ result })).toMatchObject({
      expiresAt: '2026-04-01T10:04:00.000Z',
      nextDueAt: '2026-04-01T10:04:00.000Z',
    });
  });

  it('stays for as many days as its account has, and another one from the next change on', async () => {
    await tables.accounts.createAccount(account, now, { retentionDays: 7 });
    const first = await settled({ result });

    await tables.accounts.changeAccount(account, { retentionDays: 365 });
    const second = await settled({ result });
    await tables.accounts.changeAccount(account, { retentionDays: 'default' });
    const third = await settled({ result });

    const days = ['2026-03-09', '2027-03-02', '2026-04-01'];
    expect([first, second, third].map((task) => task?.expiresAt?.slice(0, 10))).toEqual(days);
    expect((await tables.tasks.getTask(first?.id ?? ''))?.expiresAt).toBe(first?.expiresAt);
  });

  it('is due at once where something is left to do, not at its expiry', async () => {
    expect(await settled({ result }, 'clips/cat')).toMatchObject({
      followUps: ['outbox'],
      nextDueAt: '2026-03-02T10:05:00.000Z',
      expiresAt: '2026-04-01T10:04:00.000Z',
    });
  });
});

it('a task that fails expires never, and is not due any more', async () => {
  await tables.accounts.createAccount(account, now, { retentionDays: 7 });

  const task = await settled({ failure: refusal });

  expect(task).toMatchObject({ state: 'failed' });
  expect([task?.expiresAt, task?.nextDueAt]).toEqual([undefined, undefined]);
});
