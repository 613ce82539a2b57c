import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { settleTask } from '../../../../shared/ledger/settle.ts';
import { type LocalCommands, startLocalCommands } from '../../../support/local-commands.ts';
import { placeTestOrder } from '../../../support/orders.ts';

let commands: LocalCommands;
beforeEach(async () => {
  commands = await startLocalCommands();
});
afterEach(() => commands.close());

const run = (...args: readonly string[]) => commands.run('accounts', ...args);
const runKeys = (...args: readonly string[]) => commands.run('keys', ...args);
const now = new Date('2026-03-02T10:00:00.000Z');
const budgetOf = async (name: string) => (await commands.tables.accounts.getAccount(name))?.budget;
const cells = (output: string) => output.split('\n').map((line) => line.split(/ {2,}/));

describe('npm run accounts', () => {
  it('creates an account with its budgets, and prints it with its first key', async () => {
    const { output } = await run('create', 'acme', '--monthly-usd', '10', '--daily-usd', '2.000001');

    const [account, key = ''] = output.split('\n');
    expect(account).toBe('acme: 10.00 USD a month, 2.000001 USD a day; videos are kept for 30 days');
    expect(await commands.tables.accounts.findKey(key)).toMatchObject({ account: 'acme' });
    expect(await budgetOf('acme')).toEqual({ monthlyMicroUsd: 10_000_000, dailyMicroUsd: 2_000_001 });
  });

  it('creates no account twice, and leaves the first as it is', async () => {
    await run('create', 'acme', '--daily-usd', '2');

    const again = await run('create', 'acme', '--daily-usd', '3');

    const errors = expect.stringMatching(
      /^There is an account acme already: .* keys -- create --account acme, .* set\n$/,
    );
    expect(again).toMatchObject({ exitCode: 1, output: '', errors });
    expect(await budgetOf('acme')).toEqual({ dailyMicroUsd: 2_000_000 });
    expect(await commands.tables.accounts.listKeys('acme')).toHaveLength(1);
  });

  it('sets what is named, takes away with none, and leaves the rest', async () => {
    await commands.tables.accounts.createAccount('acme', now, { monthlyMicroUsd: 5, dailyMicroUsd: 6 });

    expect((await run('set', 'acme', '--daily-usd', '0')).output).toMatch(/, 0\.00 USD a day, from the next/);
    expect(await budgetOf('acme')).toEqual({ monthlyMicroUsd: 5, dailyMicroUsd: 0 });
    await run('set', 'acme', '--monthly-usd', 'none');
    expect(await budgetOf('acme')).toEqual({ dailyMicroUsd: 0 });
  });

  it('keeps the videos of an account for as many days as it is told', async () => {
    const daysOf = async () => (await commands.tables.accounts.getAccount('acme'))?.retentionDays;

    const created = await run('create', 'acme', '--retention-days', '7');
    expect(created.output).toMatch(/; videos are kept for 7 days\n/);
    expect(await daysOf()).toBe(7);
    expect((await run('show', 'acme')).output).toMatch(/; videos are kept for 7 days; /);
    const set = await run('set', 'acme', '--retention-days', 'default');
    expect(set.output).toMatch(/; videos are kept for 30 days, from the next that is completed on\n$/);
    expect(await daysOf()).toBeUndefined();
  });

  it('shows budgets, what is committed and what was spent, of the account and of each key that has limits', async () => {
    const { tables } = commands;
    const placedAt = new Date();
    await tables.accounts.createAccount('acme', now, { monthlyMicroUsd: 10_000_000 });
    const limit = { dailyMicroUsd: 1_000_000 };
    const { keyId } = await tables.accounts.createKey('acme', now, limit);
    const { keyId: free } = await tables.accounts.createKey('acme', now);
    const { keyId: old } = await tables.accounts.createKey('acme', now, limit);
    await tables.accounts.revokeKey('acme', old, now);
    const order = { account: 'acme', now: placedAt };
    const charged = await placeTestOrder(tables, { ...order, keyId });
    await settleTask({ ...charged, result: { key: 'k', bytes: 1, sha256: 'f' } }, placedAt, tables.ledger);
    await placeTestOrder(tables, order);

    const { output } = await run('show', 'acme');

    const [month, day] = [charged.holdMonth, charged.holdDay];
    const rows = cells(output);
    expect(rows.slice(0, 4)).toEqual([
      [`acme, created ${now.toISOString()}; videos are kept for 30 days; amounts in USD`],
      ['whose', 'when (UTC)', 'budget', 'committed', 'spent'],
      ['account', month, '10.00', '0.20', '0.20'],
      ['account', day, 'none', '0.20', '0.20'],
    ]);
    expect(rows).toEqual(
      expect.arrayContaining([
        [keyId, month, 'none', '0.00', '0.20'],
        [keyId, day, '1.00', '0.00', '0.20'],
        [`${old} (revoked)`, day, '1.00', '0.00', '0.00'],
      ]),
    );
    expect(output).not.toContain(free);
  });

  it.each(['set acme --daily-usd 1', 'show acme'])(
    'names what to do when there is no account: %s',
    async (words) => {
      const errors = expect.stringMatching(
        /^There is no account acme: make it with npm run accounts -- create/,
      );
      expect(await run(...words.split(' '))).toMatchObject({ exitCode: 1, errors });
      expect(await commands.tables.accounts.hasAccount('acme')).toBe(false);
    },
  );

  it('creates nothing for an amount that is none, and says so', async () => {
    const { exitCode, errors } = await run('create', 'acme', '--daily-usd=ten');

    expect(exitCode).toBe(1);
    expect(errors).toMatch(/^--daily-usd is "ten": give an amount in USD/);
    expect(await commands.tables.accounts.hasAccount('acme')).toBe(false);
  });

  it.each(['', 'create', 'set acme', 'show acme --daily-usd 1', 'create acme other', 'drop acme'])(
    'prints its usage for "%s"',
    async (words) => {
      await commands.tables.accounts.createAccount('acme', now);

      const finished = await run(...words.split(' ').filter((word) => word !== ''));

      const errors = expect.stringMatching(/^npm run accounts -- create NAME/);
      expect(finished).toMatchObject({ exitCode: 1, errors });
    },
  );
});

describe('npm run keys', () => {
  it('creates a key with limits, and lists them', async () => {
    const { output } = await runKeys(
      'create',
      '--account',
      'acme',
      '--monthly-usd',
      '3',
      '--daily-usd',
      '0.5',
    );
    await runKeys('create', '--account', 'acme', '--daily-usd', 'none');

    const key = await commands.tables.accounts.findKey(output.trim());
    expect(key).toMatchObject({ monthlyLimitMicroUsd: 3_000_000, dailyLimitMicroUsd: 500_000 });
    const { output: list } = await runKeys('list', '--account', 'acme');
    const states = cells(list).map(([, , ...state]) => state.join(', '));
    expect(states.toSorted()).toEqual(['', 'live', 'live, 3.00 USD a month, 0.50 USD a day']);
  });

  it('creates a key that speaks one of the APIs to whoever serves it, and lists it so', async () => {
    const use = ['--door', 'kie', '--provider', 'auto'];
    const { output } = await runKeys('create', '--account', 'acme', ...use);
    await runKeys('create', '--account', 'acme', '--provider', 'piapi, minimax');

    const key = await commands.tables.accounts.findKey(output.trim());
    expect(key).toMatchObject({ door: 'kie', providerChoice: 'auto' });
    const { output: list } = await runKeys('list', '--account', 'acme');
    const states = cells(list).map(([, , ...state]) => state.join(', '));
    expect(states.toSorted()).toEqual(['', 'live, door kie, provider auto', 'live, provider piapi, minimax']);
  });

  it('creates a key with a limit of requests, and lists it so', async () => {
    const { output } = await runKeys('create', '--account', 'acme', '--requests-per-minute', '120');

    const key = await commands.tables.accounts.findKey(output.trim());
    expect(key).toMatchObject({ requestsPerMinute: 120 });
    expect((await runKeys('list', '--account', 'acme')).output).toMatch(
      / {2}live {2}120 requests a minute\n$/,
    );
  });

  it('makes no key and no account for a door that does not exist', async () => {
    const errors = '--door is "nobody": give one of piapi';
    const finished = await runKeys('create', '--account', 'acme', '--door', 'nobody');

    expect(finished).toMatchObject({ exitCode: 1, errors: expect.stringContaining(errors) });
    expect(await commands.tables.accounts.hasAccount('acme')).toBe(false);
  });

  it('takes limits for a new key alone', async () => {
    const errors = expect.stringMatching(/^npm run keys -- create/);
    for (const limit of ['--daily-usd', '--requests-per-minute'])
      expect(await runKeys('list', limit, '1')).toMatchObject({ exitCode: 1, errors });
  });
});
