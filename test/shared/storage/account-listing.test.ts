import { BatchWriteItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listAccountNames } from '../../../shared/storage/list-account-names.ts';
import { listCounters } from '../../../shared/storage/list-counters.ts';
import { counterNameOf, countersOf, monthKey } from '../../../shared/storage/money-counters.ts';
import { book } from '../../support/reconciliation.ts';
import { startTables, type Tables } from '../../support/tables.ts';

let tables: Tables;
beforeAll(async () => {
  tables = await startTables();
});
afterAll(() => tables.close());

const now = new Date('2026-03-02T10:00:00.000Z');

async function putAll(items: readonly Record<string, unknown>[]): Promise<void> {
  for (let first = 0; first < items.length; first += 25) {
    const puts = items.slice(first, first + 25).map((item) => ({ PutRequest: { Item: marshall(item) } }));
    await tables.client.send(new BatchWriteItemCommand({ RequestItems: { accounts: puts } }));
  }
}

describe('listCounters', () => {
  it('has every counter of the account and its keys, and nothing else', async () => {
    const booked = { account: 'acme', holdMonth: '2026-03', holdDay: '2026-03-02', keyId: 'key_a-_1' };
    await tables.accounts.createAccount('acme', now, { monthlyMicroUsd: 5 });
    await tables.accounts.createKey('acme', now);
    for (const { key } of countersOf(booked)) await book(tables, key, { committedMicroUsd: 7 });
    await book(tables, monthKey('acme2', '2026-03'), { spentMicroUsd: 9 });

    const counters = await listCounters({ client: tables.client, tableName: 'accounts' }, 'acme');

    const amounts = { committedMicroUsd: 7, spentMicroUsd: 0 };
    expect(Object.fromEntries(counters)).toEqual({
      'MONTH#2026-03': amounts,
      'DAY#2026-03-02': amounts,
      'KEYMONTH#key_a-_1#2026-03': amounts,
      'KEYDAY#key_a-_1#2026-03-02': amounts,
    });
  });
});

describe('counterNameOf', () => {
  it.each([
    ['MONTH#2026-03', { keyId: undefined, span: '2026-03' }],
    ['DAY#2026-03-02', { keyId: undefined, span: '2026-03-02' }],
    ['KEYDAY#key_a-_1#2026-03-02', { keyId: 'key_a-_1', span: '2026-03-02' }],
    ['KEY#key_1', undefined],
    ['ACCOUNT', undefined],
    ['MONTH#', undefined],
  ])('of %s is %j', (sortKey, name) => {
    expect(counterNameOf(sortKey)).toEqual(name);
  });
});

describe('listAccountNames', () => {
  it('has each account once, in order, over more items than one page has', async () => {
    const days = Array.from({ length: 1100 }, (_, index) => ({
      pk: 'ACCOUNT#busy',
      sk: `DAY#${1000 + index}`,
    }));
    const others = Array.from({ length: 30 }, (_, index) => ({
      pk: `ACCOUNT#n${10 + index}`,
      sk: 'ACCOUNT',
    }));
    await putAll([...days, ...others, { pk: 'KEY#hash', sk: 'KEY' }]);

    const names = await listAccountNames({ client: tables.client, tableName: 'accounts' });

    const expected = ['acme', 'acme2', 'busy', ...others.map(({ pk }) => pk.slice('ACCOUNT#'.length))];
    expect(names).toEqual(expected);
  });
});
