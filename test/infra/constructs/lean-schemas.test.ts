import { readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { toLeanSchemas } from '../../../infra/constructs/lean-schemas.ts';

const schemas = (client: string) =>
  fileURLToPath(
    new URL(`../../../node_modules/@aws-sdk/client-${client}/dist-es/schemas/schemas_0.js`, import.meta.url),
  );

/** The exports of a module as JSON, which keeps everything of a schema but the functions that name others. */
async function readExports(path: string): Promise<string> {
  const exports: object = await import(pathToFileURL(path).href);
  return JSON.stringify(Object.entries(exports).sort());
}

describe('toLeanSchemas', () => {
  it('writes constants out where they are keys, and only there', () => {
    const source = 'const _e = "error";\nconst _h = "http";\nvar A = [_h, { [_e]: _h, [_h]: 404 }];\n';

    expect(toLeanSchemas(source)).toBe(
      'const _e = "error";\nconst _h = "http";\nvar A = [_h, { "error": _h, "http": 404 }];\n',
    );
  });

  it('leaves a key that is no constant of the file', () => {
    const source = 'const _e = name();\nvar A = { [_e]: 1, [_f]: 2 };\n';
    expect(toLeanSchemas(source)).toBe(source);
  });

  it.each(['s3', 'dynamodb', 'sfn', 'ssm'])('changes nothing that the schemas of %s say', async (client) => {
    const original = schemas(client);
    const lean = original.replace('.js', `.${process.pid}.js`);
    onTestFinished(() => rm(lean, { force: true }));
    const source = await readFile(original, 'utf8');
    await writeFile(lean, toLeanSchemas(source));

    expect(toLeanSchemas(source)).not.toMatch(/\[_\w+\]:/);
    expect(await readExports(lean)).toBe(await readExports(original));
  });
});
