import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { type Template, templateSchema } from './template-schema.ts';

/** What `cdk synth` wrote for the one stack of the app. */
export interface Assembly {
  readonly stackName: string;
  readonly template: Template;
  /** The directory of the asset that the template knows by its S3 key; throws when there is none. */
  assetDirectory(objectKey: string): string;
}

const manifestSchema = z.object({
  artifacts: z.record(z.string(), z.object({ type: z.string(), properties: z.unknown().optional() })),
});
const stackPropertiesSchema = z.object({ templateFile: z.string(), stackName: z.string().optional() });
const assetsFileSchema = z.object({ file: z.string() });
const assetsSchema = z.object({
  files: z.record(
    z.string(),
    z.object({
      source: z.object({ path: z.string() }),
      destinations: z.record(z.string(), z.object({ objectKey: z.string() })),
    }),
  ),
});

/** Reads a cloud assembly directory such as `cdk.out`; throws unless it holds exactly one stack. */
export function readAssembly(directory: string): Assembly {
  const read = <Schema extends z.ZodType>(file: string, schema: Schema) =>
    schema.parse(JSON.parse(readFileSync(join(directory, file), 'utf8')));
  const artifacts = Object.entries(read('manifest.json', manifestSchema).artifacts);
  const stacks = artifacts.filter(([, artifact]) => artifact.type === 'aws:cloudformation:stack');
  const [stack, ...otherStacks] = stacks;
  if (stack === undefined || otherStacks.length > 0)
    throw new Error(`${directory} holds ${stacks.length} stacks; the local gateway runs exactly one`);
  const { templateFile, stackName = stack[0] } = stackPropertiesSchema.parse(stack[1].properties);
  const paths = new Map<string, string>();
  for (const [, artifact] of artifacts.filter(([, { type }]) => type === 'cdk:asset-manifest'))
    for (const asset of Object.values(
      read(assetsFileSchema.parse(artifact.properties).file, assetsSchema).files,
    ))
      for (const { objectKey } of Object.values(asset.destinations))
        paths.set(objectKey, join(directory, asset.source.path));
  return { stackName, template: read(templateFile, templateSchema), assetDirectory: requireFrom(paths) };
}

function requireFrom(paths: ReadonlyMap<string, string>): Assembly['assetDirectory'] {
  return (objectKey) => {
    const path = paths.get(objectKey);
    if (path === undefined) throw new Error(`The asset ${objectKey} is not in the cloud assembly`);
    return path;
  };
}
