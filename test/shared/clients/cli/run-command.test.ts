import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const commands = new URL('../../../../shared/clients/cli/', import.meta.url);

const commandNames = ['generate', 'keys', 'credentials', 'providers'];

function run(name: string, ...args: readonly string[]) {
  return promisify(execFile)(process.execPath, [fileURLToPath(new URL(`${name}.ts`, commands)), ...args]);
}

it.each(commandNames)('%s prints its usage and exits 0 with --help', async (name) => {
  expect(await run(name, '--help')).toEqual({
    stdout: expect.stringMatching(`^npm run ${name} -- `),
    stderr: '',
  });
});

it.each(commandNames)('%s exits 1 with the usage at an unknown option', async (name) => {
  await expect(run(name, '--no-such-option')).rejects.toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(`^Unknown option '--no-such-option'[^]*\nnpm run ${name} -- `),
  });
});
