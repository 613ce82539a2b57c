import { existsSync, globSync, readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readLocalFile } from '../../../../infra/local/local-file.ts';
import { type StartedCommand, startCommand } from '../../../end-to-end/support/command.ts';
import { waitUntil } from '../../../end-to-end/support/wait-until.ts';
import { newDataDirectory, startTestGateway } from '../../../support/gateway.ts';

const timeout = 120_000;

async function newDirectory(): Promise<string> {
  const directory = await newDataDirectory();
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** In the data directory, with a gateway of its own where none serves there. */
function run(name: 'generate' | 'keys', directory: string, ...args: readonly string[]): StartedCommand {
  return runFor('2', name, directory, ...args);
}

/** As `run`, with the seconds that a video takes. */
function runFor(
  seconds: string,
  name: 'generate' | 'keys',
  directory: string,
  ...args: readonly string[]
): StartedCommand {
  const variables = { CONCH_DATA_DIR: directory, CONCH_SIMULATED_SECONDS: seconds };
  const command = startCommand(name, args, { variables, cwd: directory });
  onTestFinished(() => void command.process.kill('SIGTERM'));
  return command;
}

/** Processes that were started for the directory, which stands in the environment of each. */
function processesOf(directory: string): string[] {
  return globSync('/proc/[0-9]*/environ').filter((file) => {
    try {
      return readFileSync(file, 'utf8').includes(directory);
    } catch {
      return false;
    }
  });
}

const untilSaid = (command: StartedCommand, text: string) =>
  waitUntil(text, async () => command.errorsSoFar().includes(text) || undefined);

describe('a gateway that generate started', () => {
  const isThere = (path: string) => (directory: string) => existsSync(join(directory, path));
  it.each([
    { moment: 'is spawned', has: (directory: string) => processesOf(directory).length > 1 },
    { moment: 'opens its tables', has: isThere('dynamodb') },
    { moment: 'is about to serve', has: isThere('local.json') },
  ])('is gone after a Ctrl-C when it $moment', { timeout }, async ({ has }) => {
    const directory = await newDirectory();
    const command = run('generate', directory, 'A lighthouse');
    await waitUntil('the moment', async () => has(directory) || undefined, { intervalMs: 5 });
    expect(processesOf(directory)).toHaveLength(2);
    command.process.kill('SIGINT');

    expect(await command.finished).toMatchObject({
      exitCode: 130,
      errors: expect.stringMatching(/\nInterrupted by SIGINT\n/),
    });
    expect(processesOf(directory)).toEqual([]);
  });

  it.each([
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('is gone after a %s while the video is made', { timeout }, async (signal, exitCode) => {
    const directory = await newDirectory();
    const command = run('generate', directory, 'A lighthouse');
    await untilSaid(command, ' · ');
    command.process.kill(signal);
    // As npm and an impatient user do.
    command.process.kill(signal);

    expect(await command.finished).toMatchObject({
      exitCode,
      errors: expect.stringMatching(/-- --id video_[0-9a-f]{16}\n$/),
    });
    expect(processesOf(directory)).toEqual([]);
  });
});

describe('generate', () => {
  it('shares the gateway with another that starts at the same moment', { timeout }, async () => {
    const directory = await newDirectory();
    const commands = ['one', 'two'].map((name) => run('generate', directory, name, '--out', `${name}.mp4`));

    const endings = await Promise.all(commands.map(({ finished }) => finished));
    expect(endings.map(({ exitCode, output }) => [exitCode, output.split('\n')[0]])).toEqual([
      [0, 'one.mp4'],
      [0, 'two.mp4'],
    ]);
    expect(processesOf(directory)).toEqual([]);
  });

  it('goes on with a gateway of its own when the one that it joined ends', { timeout }, async () => {
    const directory = await newDirectory();
    const first = runFor('9', 'generate', directory, 'one');
    await untilSaid(first, ' · ');
    const second = run('generate', directory, 'two', '--out', 'two.mp4');
    // Its submit is over: one that is cut in two is in doubt, and adopted half a minute later.
    await untilSaid(second, 'processing');
    expect(second.errorsSoFar()).not.toContain('starting');
    first.process.kill('SIGINT');

    expect(await second.finished).toMatchObject({
      exitCode: 0,
      output: expect.stringMatching(/^two\.mp4\n/),
      errors: expect.stringContaining('starting a local gateway'),
    });
  });

  it('does not take another gateway for the dead one whose port it has', { timeout }, async () => {
    const directory = await newDirectory();
    const other = await startTestGateway();
    onTestFinished(() => other.close());
    const stale = JSON.stringify({ ...other.local, apiKey: 'conch_of-the-dead-gateway' });
    await writeFile(join(directory, 'local.json'), stale);

    expect(await run('keys', directory, 'list').finished).toMatchObject({
      exitCode: 1,
      errors: expect.stringMatching(/^No local gateway serves/),
    });
    expect(await run('generate', directory, 'A lighthouse').finished).toMatchObject({ exitCode: 0 });
    expect((await readLocalFile(directory))?.url).not.toBe(other.url);
  });
});
