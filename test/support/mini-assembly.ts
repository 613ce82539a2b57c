import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Assembly, readAssembly } from '../../infra/local/template/read-assembly.ts';
import { readFunctions } from '../../infra/local/template/read-functions.ts';
import { resolveTemplate } from '../../infra/local/template/resolved-template.ts';

interface MiniAssembly {
  readonly resources: Readonly<Record<string, object>>;
  readonly conditions?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, { Value: unknown }>>;
  /** Source of `index.mjs` by asset name. */
  readonly bundles?: Readonly<Record<string, string>>;
}

/** Writes a cloud assembly as `cdk synth` would and returns its directory. */
function writeMiniAssembly({ resources, conditions, outputs, bundles = {} }: MiniAssembly): string {
  const directory = mkdtempSync(join(tmpdir(), 'conch-assembly-'));
  const writeJson = (file: string, value: object) =>
    writeFileSync(join(directory, file), JSON.stringify(value));
  for (const [name, source] of Object.entries(bundles)) {
    mkdirSync(join(directory, `asset.${name}`));
    writeFileSync(join(directory, `asset.${name}`, 'index.mjs'), source);
  }
  const files = Object.keys(bundles).map((name) => [
    name,
    { source: { path: `asset.${name}` }, destinations: { here: { objectKey: `${name}.zip` } } },
  ]);
  writeJson('Mini.template.json', { Resources: resources, Conditions: conditions, Outputs: outputs });
  writeJson('Mini.assets.json', { files: Object.fromEntries(files) });
  writeJson('manifest.json', {
    artifacts: {
      Mini: { type: 'aws:cloudformation:stack', properties: { templateFile: 'Mini.template.json' } },
      'Mini.assets': { type: 'cdk:asset-manifest', properties: { file: 'Mini.assets.json' } },
      Tree: { type: 'cdk:tree' },
    },
  });
  return directory;
}

export function miniAssembly(content: MiniAssembly): Assembly {
  return readAssembly(writeMiniAssembly(content));
}

/** A function resource whose bundle is the asset of the same name. */
export function functionResource(asset: string, properties: object = {}): object {
  return {
    Type: 'AWS::Lambda::Function',
    Properties: {
      Code: { S3Key: `${asset}.zip` },
      Handler: 'index.handler',
      FunctionName: asset,
      ...properties,
    },
  };
}

/** The functions of an assembly whose bundles have the given sources. */
export function functionsOf(bundles: Readonly<Record<string, string>>, properties: object = {}) {
  const names = Object.keys(bundles);
  const resources = Object.fromEntries(names.map((name) => [name, functionResource(name, properties)]));
  const assembly = miniAssembly({ resources, bundles });
  return readFunctions(resolveTemplate(assembly), assembly.assetDirectory);
}
