import { readFile } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { withoutJsonSchemas } from '../../../infra/constructs/no-json-schemas.ts';

const pathOf = (module: string) =>
  fileURLToPath(new URL(`../../../node_modules/zod/v4/core/${module}.js`, import.meta.url));

async function load(module: string) {
  const source = withoutJsonSchemas(await readFile(pathOf(module), 'utf8'));
  const bare: Record<string, () => unknown> = await import(
    `data:text/javascript,${encodeURIComponent(source)}`
  );
  return bare;
}

describe('withoutJsonSchemas', () => {
  it.each(['to-json-schema', 'json-schema-processors'])('exports all that %s does', async (module) => {
    const original: object = await import(pathToFileURL(pathOf(module)).href);

    expect(Object.keys(await load(module)).sort()).toEqual(Object.keys(original).sort());
  });

  it('refuses to write a schema, and makes methods that do', async () => {
    const { toJSONSchema } = await load('json-schema-processors');
    const { createToJSONSchemaMethod } = await load('to-json-schema');

    expect(toJSONSchema).toThrow('Only Docs is bundled with JSON Schemas');
    expect(createToJSONSchemaMethod?.()).toThrow('Only Docs is bundled with JSON Schemas');
  });
});
