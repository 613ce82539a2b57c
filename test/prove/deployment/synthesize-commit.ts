import { execFile } from 'node:child_process';
import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { environment } from '../../../shared/config.ts';

const projectRoot = fileURLToPath(new URL('../../..', import.meta.url));
const run = promisify(execFile);

/**
 * The cloud assembly of an earlier commit, made under `directory` with the packages that are installed now. Absent
 * where this clone does not have the commit. Throws when the commit cannot be synthesized.
 */
export async function synthesizeCommit(commit: string, directory: string): Promise<string | undefined> {
  if (!(await hasCommit(commit))) return undefined;
  const sources = join(directory, 'sources');
  const archive = join(directory, 'sources.tar');
  const assembly = join(directory, 'assembly');
  await mkdir(sources, { recursive: true });
  await run('git', ['archive', '--output', archive, commit], { cwd: projectRoot });
  await run('tar', ['-xf', archive, '-C', sources]);
  await symlink(join(projectRoot, 'node_modules'), join(sources, 'node_modules'));
  const { PATH, HOME, TMPDIR } = environment();
  await run(process.execPath, ['infra/app.ts'], {
    cwd: sources,
    env: { PATH, HOME, TMPDIR, CDK_OUTDIR: assembly },
  });
  return assembly;
}

async function hasCommit(commit: string): Promise<boolean> {
  try {
    await run('git', ['cat-file', '-e', `${commit}^{commit}`], { cwd: projectRoot });
    return true;
  } catch {
    return false;
  }
}
