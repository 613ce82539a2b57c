import {
  appendFileSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
} from 'node:fs';
import { join } from 'node:path';
import { secondsBetween } from '../../../shared/clock.ts';
import {
  applyRecord,
  type Execution,
  type ExecutionRecord,
  executionRecordSchema,
  toRecord,
} from './execution.ts';
import { isNameFree } from './execution-name.ts';

/** All executions, and where their changes are written down before they count. */
export interface Journal {
  readonly executions: Map<string, Execution>;
  append(record: ExecutionRecord): void;
  close(): void;
}

const fullHistorySeconds = 24 * 3600;

/**
 * Opens the journal in `directory`, or one that forgets everything when there is none. A record is handed to
 * the kernel before `append` returns, so it survives a kill of this process. Opening rewrites the file:
 * one line an execution, the first and last event only of those that closed a day ago.
 */
export function openJournal(directory: string | undefined, now: Date): Journal {
  if (directory === undefined) return { executions: new Map(), append: () => {}, close: () => {} };
  mkdirSync(directory, { recursive: true });
  const path = join(directory, 'executions.jsonl');
  const executions = compact(readExecutions(path), now);
  const file = rewrite(path, executions);
  return {
    executions,
    append: (record) => appendFileSync(file, toLine(record)),
    close: () => closeSync(file),
  };
}

function readExecutions(path: string): Map<string, Execution> {
  const executions = new Map<string, Execution>();
  if (!existsSync(path)) return executions;
  for (const line of wholeLines(readFileSync(path))) {
    applyRecord(executions, executionRecordSchema.parse(JSON.parse(line)));
  }
  return executions;
}

/** A kill can tear the last line; it is left out, as if it had never been written. */
function* wholeLines(bytes: Buffer): Generator<string> {
  let start = 0;
  for (let end = bytes.indexOf('\n'); end >= 0; end = bytes.indexOf('\n', start)) {
    yield bytes.toString('utf8', start, end);
    start = end + 1;
  }
}

function compact(executions: ReadonlyMap<string, Execution>, now: Date): Map<string, Execution> {
  const kept = new Map<string, Execution>();
  for (const [arn, execution] of executions) {
    if (!isNameFree(execution, now)) kept.set(arn, shortenHistory(execution, now));
  }
  return kept;
}

function shortenHistory(execution: Execution, now: Date): Execution {
  const { closed, events } = execution;
  if (closed === undefined || secondsBetween(closed.at, now) < fullHistorySeconds) return execution;
  return { ...execution, events: [...events.slice(0, 1), ...events.slice(1).slice(-1)] };
}

function rewrite(path: string, executions: ReadonlyMap<string, Execution>): number {
  const file = openSync(`${path}.new`, 'w');
  for (const execution of executions.values()) appendFileSync(file, toLine(toRecord(execution)));
  renameSync(`${path}.new`, path);
  return file;
}

function toLine(record: ExecutionRecord): string {
  return `${JSON.stringify(record)}\n`;
}
