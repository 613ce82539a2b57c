import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DeleteParameterCommand,
  GetParameterCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  ParameterAlreadyExists,
  ParameterNotFound,
  PutParameterCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startAwsJsonServer } from '../../../infra/local/aws-json-server.ts';
import type { LocalServer } from '../../../infra/local/local-server.ts';
import { createParameterStore } from '../../../infra/local/parameter-store.ts';

let directory: string;
let server: LocalServer;
let ssm: SSMClient;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'conch-ssm-'));
  await open();
});
afterEach(async () => {
  await close();
  await rm(directory, { recursive: true, force: true });
});

describe('the embedded parameter store', () => {
  it('shows a SecureString only when decryption is asked for', async () => {
    await put('/conch/key', 'secret');
    expect(await get('/conch/key', true)).toMatchObject({
      Value: 'secret',
      Type: 'SecureString',
      Version: 1,
    });
    expect(await get('/conch/key', false)).not.toMatchObject({ Value: 'secret' });
  });

  it('answers ParameterNotFound for an unknown or deleted name', async () => {
    await put('/conch/key', 'secret');
    await ssm.send(new DeleteParameterCommand({ Name: '/conch/key' }));
    await expect(get('/conch/key', true)).rejects.toBeInstanceOf(ParameterNotFound);
    const again = ssm.send(new DeleteParameterCommand({ Name: '/conch/key' }));
    await expect(again).rejects.toBeInstanceOf(ParameterNotFound);
  });

  it('replaces a value only when told to overwrite', async () => {
    await put('/conch/key', 'first');
    await expect(put('/conch/key', 'second')).rejects.toBeInstanceOf(ParameterAlreadyExists);
    await put('/conch/key', 'third', true);
    expect(await get('/conch/key', true)).toMatchObject({ Value: 'third', Version: 2 });
  });

  it('returns what it finds of several names and tells the others', async () => {
    await put('/conch/a', 'a');
    const Names = ['/conch/a', '/conch/absent'];
    const found = await ssm.send(new GetParametersCommand({ Names, WithDecryption: true }));
    expect(found.Parameters?.map(({ Value }) => Value)).toEqual(['a']);
    expect(found.InvalidParameters).toEqual(['/conch/absent']);
  });

  it('pages through a path, below its first level only when asked', async () => {
    for (const name of ['/conch/b', '/conch/a', '/conch/a/deep', '/conchshell/c']) await put(name, 'value');
    expect(await namesUnder('/conch', false)).toEqual(['/conch/a', '/conch/b']);
    expect(await namesUnder('/conch', true)).toEqual(['/conch/a', '/conch/a/deep', '/conch/b']);
  });

  it('keeps its parameters in a file that only the owner can read', async () => {
    await put('/conch/key', 'secret');
    await close();
    await open();
    expect(await get('/conch/key', true)).toMatchObject({ Value: 'secret', Version: 1 });
    expect((await stat(join(directory, 'parameters.json'))).mode & 0o777).toBe(0o600);
  });
});

async function open() {
  const store = createParameterStore({ file: join(directory, 'parameters.json') });
  server = await startAwsJsonServer({ services: { AmazonSSM: store } });
  ssm = new SSMClient({ endpoint: server.url, maxAttempts: 1 });
}

async function close() {
  ssm.destroy();
  await server.close();
}

function put(Name: string, Value: string, Overwrite = false) {
  return ssm.send(new PutParameterCommand({ Name, Value, Type: 'SecureString', Overwrite }));
}

async function get(Name: string, WithDecryption: boolean) {
  return (await ssm.send(new GetParameterCommand({ Name, WithDecryption }))).Parameter;
}

async function namesUnder(Path: string, Recursive: boolean) {
  const names: (string | undefined)[] = [];
  let page: { NextToken?: string | undefined } = {};
  do {
    const request = { Path, Recursive, MaxResults: 1, ...page };
    const { Parameters = [], NextToken } = await ssm.send(new GetParametersByPathCommand(request));
    names.push(...Parameters.map(({ Name }) => Name));
    page = { NextToken };
  } while (page.NextToken !== undefined);
  return names;
}
