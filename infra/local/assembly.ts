import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { environment } from '../../shared/config.ts';

const projectRoot = fileURLToPath(new URL('../..', import.meta.url));

const assemblies = join(projectRoot, 'cdk.out', 'local');
const keptMs = 24 * 60 * 60 * 1000;

/**
 * The directory of a cloud assembly made from the sources as they are now; synthesizes it, in about five
 * seconds, unless it is there. Its settings are the defaults: the local gateway adds its own at run time.
 */
export async function synthesizeAssembly(): Promise<string> {
  const directory = join(assemblies, hashSources());
  if (existsSync(directory)) return directory;
  // Two processes may want it at once: each writes its own and the first one to finish is kept.
  const draft = `${directory}.${process.pid}`;
  await mkdir(draft, { recursive: true });
  try {
    await runApp(draft);
    await rename(draft, directory).catch((error: unknown) => {
      if (!existsSync(directory)) throw error;
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  await removeOldAssemblies();
  return directory;
}

/** Those of today may still be run by another process. */
async function removeOldAssemblies(): Promise<void> {
  for (const name of await readdir(assemblies)) {
    const { mtimeMs } = await stat(join(assemblies, name));
    if (Date.now() - mtimeMs > keptMs) await rm(join(assemblies, name), { recursive: true, force: true });
  }
}

function hashSources(): string {
  const sources = ['infra/**/*.ts', 'functions/**/*.ts', 'shared/**/*.ts', 'package-lock.json', 'cdk.json'];
  const exclude = ['infra/local/**', 'shared/clients/**'];
  const hash = createHash('sha256');
  for (const file of globSync(sources, { cwd: projectRoot, exclude }).sort())
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(join(projectRoot, file)));
  return hash.digest('hex').slice(0, 16);
}

/** Runs the CDK app as `cdk synth` does, without the second that the CLI itself takes to start. */
async function runApp(outputDirectory: string): Promise<void> {
  const { PATH, HOME, TMPDIR } = environment();
  try {
    await promisify(execFile)(process.execPath, ['infra/app.ts'], {
      cwd: projectRoot,
      env: { PATH, HOME, TMPDIR, CDK_OUTDIR: outputDirectory },
    });
  } catch (error) {
    throw new Error('The CDK app could not be synthesized; `npx cdk synth` shows why', { cause: error });
  }
}
