import { readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { toLeanSchemas } from './lean-schemas.ts';
import { withoutJsonSchemas } from './no-json-schemas.ts';

// A process of its own, given a handler and the file to write: esbuild has plugins only for those who can wait
// for it, and CDK cannot.
const [handler = '', outfile = ''] = process.argv.slice(2);
const credentialProvider = fileURLToPath(import.meta.resolve('./environment-credentials.ts'));

const leanSchemas: Plugin = {
  name: 'lean-schemas',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]client-\w+[\\/]dist-es[\\/]schemas[\\/]schemas_0\.js$/ }, async ({ path }) => ({
      contents: toLeanSchemas(await readFile(path, 'utf8')),
    }));
  },
};

const noJsonSchemas: Plugin = {
  name: 'no-json-schemas',
  setup({ onLoad }) {
    onLoad(
      { filter: /[\\/]zod[\\/]v4[\\/]core[\\/](to-json-schema|json-schema-processors)\.js$/ },
      async ({ path }) => ({
        contents: withoutJsonSchemas(await readFile(path, 'utf8')),
      }),
    );
  },
};

const isDocs = basename(dirname(handler)) === 'docs';

await build({
  entryPoints: [handler],
  outfile,
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  mainFields: ['module', 'main'],
  alias: { '@aws-sdk/credential-provider-node': credentialProvider },
  plugins: isDocs ? [leanSchemas] : [leanSchemas, noJsonSchemas],
  minify: true,
  logLevel: 'error',
});
