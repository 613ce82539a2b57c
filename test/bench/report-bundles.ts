import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as z from 'zod';
import { synthesizeAssembly } from '../../infra/local/assembly.ts';
import { localCredentials } from '../../infra/local/function-overrides.ts';
import { toFunctionVariables } from '../../infra/local/lambda-runtime/function-variables.ts';
import { readAssembly } from '../../infra/local/template/read-assembly.ts';
import type { LocalFunction } from '../../infra/local/template/read-functions.ts';
import { readStack } from '../../infra/local/template/read-stack.ts';
import { formatTable, formatTarget, medianOf } from './format-table.ts';
import { runChild } from './run-child.ts';

const importsEach = 7;
const maxApiGzipKilobytes = 200;
const maxApiImportMs = 120;

/** Size and cold import time of each function's bundle, made as `cdk synth` makes it. */
export async function reportBundles(): Promise<string> {
  const { functions } = readStack(readAssembly(await synthesizeAssembly()));
  const rows: string[][] = [];
  for (const definition of functions) rows.push(toRow(definition, await measureImport(definition)));
  return formatTable(`Bundles (import: fresh process each, median of ${importsEach})`, [
    ['function', 'raw KB', 'gzip KB', 'import ms', 'target'],
    ...rows,
  ]);
}

function toRow(definition: LocalFunction, importMs: number): string[] {
  const bundle = readFileSync(bundlePath(definition));
  const gzipKilobytes = gzipSync(bundle).length / 1024;
  const isReached = gzipKilobytes <= maxApiGzipKilobytes && importMs <= maxApiImportMs;
  const name = definition.logicalId.replace(/Function.*$/, '');
  const sizes = [bundle.length / 1024, gzipKilobytes, importMs].map((number) => number.toFixed(0));
  const target = formatTarget(`≤ ${maxApiGzipKilobytes} KB gzip, ≤ ${maxApiImportMs} ms`, isReached);
  return [name, ...sizes, name === 'Api' ? target : ''];
}

async function measureImport(definition: LocalFunction): Promise<number> {
  const times: number[] = [];
  for (let count = 0; count < importsEach; count += 1) {
    const { message } = await runChild({
      script: new URL('./cold-import.ts', import.meta.url),
      args: [bundlePath(definition)],
      variables: toFunctionVariables(definition, {
        AWS_ACCESS_KEY_ID: localCredentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: localCredentials.secretAccessKey,
      }),
    });
    times.push(z.number().parse(message));
  }
  return medianOf(times);
}

function bundlePath({ directory }: LocalFunction): string {
  return join(directory, 'index.mjs');
}
