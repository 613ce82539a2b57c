import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { type AccountStore, createAccountStore } from '../../../shared/storage/account-store.ts';
import { createForgetfulClient } from '../../support/forgetful-client.ts';
import { everyDeath, mortalLedger, untilKilled } from '../../support/mortal.ts';
import { startTables, type Tables } from '../../support/tables.ts';

const now = new Date('2026-03-02T10:00:00.000Z');
const later = new Date('2026-03-02T10:01:00.000Z');
let tables: Tables;
let accounts: AccountStore;
beforeEach(async () => {
  tables = await startTables();
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

  it.each(everyDeath(1))(
    'is live everywhere or nowhere when its revocation died $when its write, and is revoked by a repeat',
    async (death) => {
      const { text, keyId } = await accounts.createKey('acme', now);
      const { client } = mortalLedger(tables.ledger, death);
      const revokedAt = async () => (await accounts.listKeys('acme'))[0]?.revokedAt;

      const dying = createAccountStore({ client, tableName: 'accounts' });
      expect(await untilKilled(dying.revokeKey('acme', keyId, now))).toBe('killed');
      expect((await accounts.findKey(text)) === undefined).toBe((await revokedAt()) !== undefined);
      const first = (await revokedAt()) ?? later.toISOString();
      await accounts.revokeKey('acme', keyId, later);

      expect([await accounts.findKey(text), await revokedAt()]).toEqual([undefined, first]);
    },
  );

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

  it('is created by who finds nothing in the way but the same write, whose answer was lost', async () => {
    const client = createForgetfulClient(tables.url, 'PutItemCommand');
    const forgetful = createAccountStore({ client, tableName: 'accounts' });

    expect(await forgetful.createAccount('other', now, { dailyMicroUsd: 5 })).toBe(true);
    expect(await accounts.createAccount('other', later, { dailyMicroUsd: 5 })).toBe(false);
    client.destroy();
  });
});
