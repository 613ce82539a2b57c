import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import * as z from 'zod';

const files = { manifest: 'manifest.json', template: 'Conch.template.json', assets: 'Conch.assets.json' };

/** The end of a logical id, which the CDK makes of its path. */
const hashLength = 8;

const templateSchema = z.looseObject({ Resources: z.record(z.string(), z.unknown()) });
const assetsSchema = z.looseObject({
  files: z.record(z.string(), z.looseObject({ source: z.looseObject({ path: z.string() }) })),
});

export interface Mixture {
  /** The assembly of which all is taken that is not named. */
  readonly today: string;
  readonly old: string;
  /** The logical ids, without their hashes, of what is taken from the old one. */
  readonly oldResources: readonly string[];
}

/** An assembly as CloudFormation leaves a stack in the middle of an update: some resources new, the others old. */
export async function mixAssemblies(
  { today, old, oldResources }: Mixture,
  directory: string,
): Promise<string> {
  await mkdir(directory, { recursive: true });
  const template = await read(join(today, files.template), templateSchema);
  const oldTemplate = await read(join(old, files.template), templateSchema);
  const taken = Object.entries(oldTemplate.Resources).filter(([id]) =>
    oldResources.includes(id.slice(0, -hashLength)),
  );
  if (taken.length !== oldResources.length)
    throw new Error(`${oldResources.join(', ')} name ${taken.length} resources of the old template`);
  const Resources = { ...template.Resources, ...Object.fromEntries(taken) };
  await copyFile(join(today, files.manifest), join(directory, files.manifest));
  await write(join(directory, files.template), { ...template, Resources });
  const assets = { ...(await readAssets(old, directory)), ...(await readAssets(today, directory)) };
  await write(join(directory, files.assets), { files: assets });
  return directory;
}

/** Bundles are named by their content, so those of both fit into one list. */
async function readAssets(assembly: string, from: string): Promise<Record<string, unknown>> {
  const { files: assets } = await read(join(assembly, files.assets), assetsSchema);
  const moved = Object.entries(assets).map(([name, { source, ...asset }]) => {
    const path = relative(from, join(assembly, source.path));
    return [name, { ...asset, source: { ...source, path } }] as const;
  });
  return Object.fromEntries(moved);
}

async function read<Schema extends z.ZodType>(path: string, schema: Schema): Promise<z.infer<Schema>> {
  return schema.parse(JSON.parse(await readFile(path, 'utf8')));
}

async function write(path: string, content: unknown): Promise<void> {
  await writeFile(path, JSON.stringify(content));
}
