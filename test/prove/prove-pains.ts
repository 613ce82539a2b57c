import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import * as z from 'zod';
import { pains } from '../pains/pains.ts';
import type { ProofReport } from './proof.ts';

const reportSchema = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      assertionResults: z.array(z.object({ title: z.string(), status: z.string() })),
    }),
  ),
});

interface PainRow {
  readonly number: string;
  readonly pain: string;
  /** What the test of that name shows instead; absent where there is none. */
  readonly promise?: string;
  readonly file?: string;
  readonly isKept: boolean;
}

/** The tests that are named after the pains of users; prints which test keeps which promise. */
export async function provePains(): Promise<ProofReport> {
  const tests = await runTests();
  const rows = Object.entries(pains).map(([number, pain]) => toRow(number, pain, tests));
  return {
    proof: 'the pains of users',
    done: `${rows.length} pains, each with a test of its name`,
    counts: `kept ${rows.filter(({ isKept }) => isKept).length}`,
    problems: rows.filter(({ isKept }) => !isKept).map(({ number, pain }) => `${number}. ${pain}`),
    appendix: toTable(rows),
  };
}

interface PainTest {
  readonly title: string;
  readonly file: string;
  readonly isPassed: boolean;
}

async function runTests(): Promise<PainTest[]> {
  const directory = await mkdtemp(join(tmpdir(), 'conch-pains-'));
  const outputFile = join(directory, 'report.json');
  try {
    const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--config', 'test/vitest.config.ts'];
    const options = ['test/pains', '--reporter=json', `--outputFile=${outputFile}`];
    // What fails stands in the report.
    await promisify(execFile)(process.execPath, [...vitest, ...options]).catch(() => undefined);
    const { testResults } = reportSchema.parse(JSON.parse(await readFile(outputFile, 'utf8')));
    return testResults.flatMap(({ name, assertionResults }) =>
      assertionResults.map(({ title, status }) => ({
        title,
        file: relative(process.cwd(), name),
        isPassed: status === 'passed',
      })),
    );
  } finally {
    await rm(directory, { recursive: true });
  }
}

function toRow(number: string, pain: string, tests: readonly PainTest[]): PainRow {
  const test = tests.find(({ title }) => title.startsWith(`${pain}: `));
  if (test === undefined) return { number, pain, isKept: false };
  const { title, file, isPassed } = test;
  return { number, pain, promise: title.slice(pain.length + 2), file, isKept: isPassed };
}

function toTable(rows: readonly PainRow[]): string {
  const lines = rows.map(
    ({ number, pain, promise = 'no test', file = '', isKept }) =>
      `| ${number} | ${pain} | ${promise} | ${file} | ${isKept ? 'kept' : 'BROKEN'} |`,
  );
  return ['| | pain | instead | test | result |', '|---|---|---|---|---|', ...lines].join('\n');
}
