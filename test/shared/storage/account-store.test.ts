import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { AccountStore } from '../../../shared/storage/account-store.ts';
import { startTables } from '../../support/tables.ts';

const now = new Date('2026-03-02T10:00:00.000Z');
let accounts: AccountStore;
beforeEach(async () => {
  const tables = await startTables();
  onTestFinished(() => tables.close());
  accounts = tables.accounts;
  await accounts.createAccount('acme', now);
});

describe('a key', () => {
  it('has a prefix and 256 random bits, and is found by its text', async () => {
    const { text, keyId } = await accounts.createKey('acme', now);

    expect(text).toMatch(/^conch_[\w-]{43}$/);
    expect(await accounts.findKey(text)).toMatchObject({ account: 'acme', keyId });
    expect(await accounts.findKey(`${text}x`)).toBeUndefined();
  });

  it('has the limit of requests that it was made with, or none, as those of older versions', async () => {
    const { text: limited } = await accounts.createKey('acme', now, { requestsPerMinute: 120 });
    const { text: free } = await accounts.createKey('acme', now);

    expect(await accounts.findKey(limited)).toMatchObject({ requestsPerMinute: 120 });
    expect(await accounts.findKey(free)).not.toHaveProperty('requestsPerMinute');
  });

  it('is stored nowhere: the lists show its hash', async () => {
    const { text } = await accounts.createKey('acme', now);

    expect(JSON.stringify(await accounts.listKeys('acme'))).not.toContain(text);
  });

  it('is found no more once it is revoked, and stays in the list', async () => {
    const { text, keyId } = await accounts.createKey('acme', now);

    expect(await accounts.revokeKey('acme', keyId, now)).toBe(true);

    expect(await accounts.findKey(text)).toBeUndefined();
    expect(await accounts.listKeys('acme')).toMatchObject([{ keyId, revokedAt: now.toISOString() }]);
  });

  it('cannot be revoked by another account', async () => {
    const { text, keyId } = await accounts.createKey('acme', now);

    expect(await accounts.revokeKey('other', keyId, now)).toBe(false);
    expect(await accounts.findKey(text)).toBeDefined();
  });

  it('is imported once, however often', async () => {
    await accounts.importKey('acme', 'my-own-key', now);
    await accounts.importKey('acme', 'my-own-key', now);

    expect(await accounts.listKeys('acme')).toHaveLength(1);
    expect(await accounts.findKey('my-own-key')).toMatchObject({ account: 'acme' });
  });
});

describe('an account', () => {
  it('is there once it was created, also twice', async () => {
    await accounts.createAccount('acme', now);

    expect(await accounts.hasAccount('acme')).toBe(true);
    expect(await accounts.hasAccount('nobody')).toBe(false);
  });
});
