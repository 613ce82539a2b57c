import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { createContractedFetch } from '../support/contract/contracted-fetch.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { startCommand } from './support/command.ts';
import { controlSimulation } from './support/simulation.ts';
import { waitUntil } from './support/wait-until.ts';

const printedVideoSchema = z.object({ path: z.string(), status: z.literal('completed'), id: z.string() });

let gateway: TestGateway;
let cwd: string;

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'conch-command-'));
  gateway = await startTestGateway();
  await controlSimulation(gateway.local, 'piapi').setFaults([
    { kind: 'moderate', promptIncludes: 'forbidden' },
    { kind: 'slow', factor: 3, promptIncludes: 'slow' },
  ]);
});
afterAll(async () => {
  await gateway.close();
  await rm(cwd, { recursive: true });
});

function generate(...args: readonly string[]) {
  return generateAt(gateway.url, ...args);
}

function generateAt(url: string, ...args: readonly string[]) {
  const variables = { CONCH_URL: url, CONCH_API_KEY: gateway.local.apiKey };
  return startCommand('generate', args, { variables, cwd });
}

async function readType(path: string): Promise<string> {
  return (await readFile(join(cwd, path))).toString('latin1', 4, 8);
}

describe('generate', () => {
  it.concurrent('exits 0 and prints where the video is, what it is and what it cost', async () => {
    const { exitCode, output } = await generate('A lighthouse', '--out', 'dusk.mp4').finished;

    expect({ exitCode, output }).toEqual({
      exitCode: 0,
      output: expect.stringMatching(/^dusk\.mp4\n\d+ bytes, 1280×720, 6\.0 s, made by piapi for \$0\.23\n$/),
    });
    expect(await readType('dusk.mp4')).toBe('ftyp');
  });

  it.concurrent('prints the finished video object with --json', async () => {
    const { exitCode, output } = await generate('A lighthouse', '--provider', 'cloudsway', '--json').finished;

    const { path, id } = printedVideoSchema.parse(JSON.parse(output));
    expect({ exitCode, path }).toEqual({ exitCode: 0, path: `${id}.mp4` });
    expect(await readType(path)).toBe('ftyp');
  });

  it.concurrent('exits 1 with the reason when the video failed', async () => {
    const { exitCode, output, errors } = await generate('A forbidden scene', '--provider', 'piapi').finished;

    expect({ exitCode, output }).toEqual({ exitCode: 1, output: '' });
    expect(errors).toMatch(/video_[0-9a-f]{16} failed: .*\(content_rejected\)/);
  });

  it.concurrent('exits 1 with what is allowed when the order is refused', async () => {
    const { exitCode, errors } = await generate('A lighthouse', '--seconds', '7').finished;

    expect({ exitCode, errors }).toEqual({ exitCode: 1, errors: expect.stringMatching(/7.*6/s) });
  });

  it.concurrent.each([[['--no-such-option']], [[]], [['two', 'prompts']]])(
    'exits 1 with the usage when it is called with %j',
    async (args) => {
      const { exitCode, errors } = await generate(...args).finished;
      expect({ exitCode, errors }).toEqual({
        exitCode: 1,
        errors: expect.stringContaining('--image FILE|URL'),
      });
    },
  );

  it.concurrent.each([
    ['missing/dusk.mp4', 'The folder missing of --out does not exist\n'],
    ['.', '--out "." must name a file, not a folder\n'],
    ['new/', '--out "new/" must name a file, not a folder\n'],
  ])('exits 1 and orders nothing when --out is %s', async (out, message) => {
    const prompt = `A film for ${out}`;

    expect(await generate(prompt, '--provider', 'piapi', '--out', out).finished).toEqual({
      exitCode: 1,
      output: '',
      errors: message,
    });
    expect(await controlSimulation(gateway.local, 'piapi').jobsOf(prompt)).toEqual([]);
  });

  it.concurrent('says how to fetch the video when it cannot be saved', async () => {
    await mkdir(join(cwd, 'vanishing'));
    const command = generate('A slow cloud', '--provider', 'piapi', '--out', 'vanishing/cloud.mp4');
    await waitUntil('progress', async () => command.errorsSoFar() || undefined);
    await rm(join(cwd, 'vanishing'), { recursive: true });

    const { exitCode, errors } = await command.finished;
    expect(exitCode).toBe(1);
    expect(errors).toMatch(
      /vanishing\/cloud\.mp4\S* cannot be written: ENOENT.*\n.*-- --id video_[0-9a-f]{16}\n$/,
    );
  });

  it.concurrent('takes a CONCH_URL that ends in /v1', async () => {
    const { exitCode } = await generateAt(`${gateway.url}/v1/`, 'A pier', '--out', 'pier.mp4').finished;
    expect(exitCode).toBe(0);
  });

  it.concurrent('exits 1 with one line that names CONCH_URL when it is no URL', async () => {
    const { exitCode, errors } = await generateAt('notaurl', 'A pier').finished;
    expect({ exitCode, errors }).toEqual({
      exitCode: 1,
      errors: expect.stringMatching(/^.*CONCH_URL: .*\n$/),
    });
  });

  it.concurrent('says at Ctrl-C how to resume, exits 130, and resumes', async () => {
    const interrupted = generate('A slow ship', '--provider', 'piapi');
    await waitUntil('progress', async () => interrupted.errorsSoFar() || undefined);
    interrupted.process.kill('SIGINT');
    const { exitCode, errors } = await interrupted.finished;
    expect(exitCode).toBe(130);
    const [, id = ''] = /npm run generate -- --id (video_[0-9a-f]{16})$/m.exec(errors) ?? [];

    const resumed = await generate('--id', id).finished;
    expect({ ...resumed, errors: '' }).toMatchObject({
      exitCode: 0,
      output: expect.stringContaining(`${id}.mp4`),
    });
    expect(await readType(`${id}.mp4`)).toBe('ftyp');
    expect(await controlSimulation(gateway.local, 'piapi').jobsOf('A slow ship')).toHaveLength(1);
  });
});

describe('keys', () => {
  async function keys(...args: readonly string[]): Promise<string> {
    const variables = { CONCH_DATA_DIR: gateway.dataDirectory };
    const { exitCode, output, errors } = await startCommand('keys', args, { variables, cwd }).finished;
    expect({ exitCode, errors }).toEqual({ exitCode: 0, errors: '' });
    return output.trim();
  }
  async function statusWith(key: string): Promise<number> {
    const contracted = createContractedFetch(gateway.url);
    return (await contracted(`${gateway.url}/v1/videos`, { headers: { 'x-api-key': key } })).status;
  }

  it('creates a key that opens the gateway, lists it, and revokes it', async () => {
    const key = await keys('create', '--account', 'studio');
    expect(key).toMatch(/^conch_[\w-]{43}$/);
    expect(await statusWith(key)).toBe(200);

    const [keyId = ''] = (await keys('list', '--account', 'studio')).split(' ');
    expect(await keys('revoke', keyId, '--account', 'studio')).toBe(`${keyId} is revoked`);
    expect(await keys('list', '--account', 'studio')).toMatch(`${keyId}  created`);
    expect(await statusWith(key)).toBe(401);
  });
});
