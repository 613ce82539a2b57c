import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startHttpServer } from '../../../../infra/local/http-server.ts';
import type { LocalServer } from '../../../../infra/local/local-server.ts';
import { startCommand } from '../../../end-to-end/support/command.ts';
import { newDataDirectory } from '../../../support/gateway.ts';
import { startTables, type Tables } from '../../../support/tables.ts';

let tables: Tables;
let gateway: LocalServer;
let directory: string;

/** What a local gateway shows to the commands: a file with its addresses, tables, and that it answers. */
beforeEach(async () => {
  tables = await startTables();
  gateway = await startHttpServer((_, response) => response.end('{}'));
  directory = await newDataDirectory();
  const local = {
    url: gateway.url,
    apiKey: 'conch_test',
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    tables: { accounts: 'accounts', tasks: 'tasks' },
    bucket: 'media',
    endpoints: { dynamodb: tables.url, s3: gateway.url, ssm: gateway.url },
    credentialsPath: '/conch/Test/providers',
  };
  await writeFile(join(directory, 'local.json'), JSON.stringify(local));
});
afterEach(async () => {
  await Promise.all([tables.close(), gateway.close(), rm(directory, { recursive: true, force: true })]);
});

function run(...args: readonly string[]) {
  return startCommand('providers', args, { variables: { CONCH_DATA_DIR: directory }, cwd: directory })
    .finished;
}

const standingOf = async (provider: string) => (await tables.standings.get(provider)).standing;

describe('npm run providers', () => {
  it('pauses a provider by its name in any case, and keeps the first time when it is paused again', async () => {
    const first = await run('pause', 'PiAPI');
    const { stoppedAt } = await standingOf('piapi');
    const second = await run('pause', 'piapi');

    expect(first).toMatchObject({ exitCode: 0, output: expect.stringMatching(/^piapi is paused: /) });
    expect(second.output).toBe(`piapi is paused already, since ${stoppedAt}\n`);
    expect(await standingOf('piapi')).toMatchObject({ stoppedAt });
  });

  it('resumes a paused provider, and says when what waits starts', async () => {
    await tables.standings.update('piapi', (it) => ({ ...it, stoppedAt: '2026-03-02T10:00:00.000Z' }));

    expect((await run('resume', 'piapi')).output).toMatch(/^piapi is resumed: .* within a minute\n$/);
    expect(await standingOf('piapi')).not.toHaveProperty('stoppedAt');
    expect((await run('resume', 'piapi')).output).toBe('piapi was not paused\n');
  });

  it('loses nothing of a standing that orders change meanwhile', async () => {
    let isOver = false;
    const paused = run('pause', 'piapi').finally(() => {
      isOver = true;
    });
    let changes = 0;
    for (; !isOver; changes += 1) {
      const lease = { [`task-${changes}`]: '2026-03-02T10:00:00.000Z' };
      await tables.standings.update('piapi', (it) => ({ ...it, leases: { ...it.leases, ...lease } }));
    }
    await paused;

    const { leases, stoppedAt } = await standingOf('piapi');
    expect(Object.keys(leases)).toHaveLength(changes);
    expect(stoppedAt).toEqual(expect.any(String));
  });

  it('lists every provider with its state, its places, its queue and its balance', async () => {
    const [past, future] = ['2026-03-02T10:00:00.000Z', '2126-03-02T10:00:00.000Z'];
    await tables.standings.update('piapi', (it) => ({
      ...it,
      leases: { 'task-1': past, 'task-2': past },
      balance: { microUsd: 12_500_000, at: past },
    }));
    await tables.queue.join('piapi', { id: 'task-3', createdAt: past });
    await tables.standings.update('cloudsway', (it) => ({ ...it, stoppedAt: past, openUntil: future }));
    await tables.standings.update('haiper', (it) => ({ ...it, pausedUntil: future }));
    await tables.standings.update('apixo', (it) => ({ ...it, failures: 3, openUntil: past }));
    await tables.standings.update('minimax', (it) => ({ ...it, failures: 3, openUntil: future }));

    const { output } = await run('list');

    const rows = output.split('\n').map((line) => line.split(/ {2,}/));
    expect(rows).toEqual(
      expect.arrayContaining([
        ['provider', 'state', 'in use', 'waiting', 'balance'],
        ['piapi', 'works', '2', '1', `12.50 USD at ${past}`],
        ['cloudsway', `paused since ${past}`, '0', '0', 'unknown'],
        ['haiper', `rate limited until ${future}`, '0', '0', 'unknown'],
        ['apixo', 'fails, tried again with the next order', '0', '0', 'unknown'],
        ['minimax', `fails, tried again at ${future}`, '0', '0', 'unknown'],
      ]),
    );
  });

  it('names the providers there are when a name is unknown', async () => {
    expect(await run('pause', 'sora')).toMatchObject({
      exitCode: 1,
      output: '',
      errors: expect.stringMatching(/^There is no provider "sora"; the known ones are piapi, cloudsway, /),
    });
  });

  it.each(['', 'pause', 'stop piapi'])('prints its usage for "%s"', async (words) => {
    const args = words.split(' ').filter((word) => word !== '');

    expect(await run(...args)).toMatchObject({
      exitCode: 1,
      errors: expect.stringMatching(/^npm run providers -- list/),
    });
  });
});
