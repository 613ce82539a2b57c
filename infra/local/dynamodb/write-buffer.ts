import { setImmediate as turnOfEventLoop } from 'node:timers/promises';
import type { BatchOperation, Callback, Database, Written } from 'dynalite/db/index.js';

/** The writes that wait for the disk. */
export interface WriteBuffer {
  /** Resolves when all that reads can see by now is on the disk. Nothing may be answered before. */
  written(): Promise<void>;
}

/** The value of a put is JSON text, so that it cannot change while it waits. */
type Write = Exclude<BatchOperation, { readonly value: object }>;

/**
 * Lets reads see a write at once, and gives the disk as one batch what was written while it was busy with
 * the batch before. So writers of one item need not wait for the disk in turn.
 */
export function bufferWrites(db: Database): WriteBuffer {
  const writeBatch = db.batch.bind(db);
  const unwritten = new Map<string, Write>();
  let open: Write[] | undefined;
  let lastBatch = Promise.resolve();

  async function writeAfter(earlier: Promise<void>, writes: Write[]): Promise<void> {
    await earlier;
    await turnOfEventLoop();
    open = undefined;
    await writeBatch(writes);
    for (const write of writes) if (unwritten.get(write.key) === write) unwritten.delete(write.key);
  }

  function note(operations: readonly BatchOperation[]): Promise<void> {
    if (open === undefined) {
      open = [];
      lastBatch = writeAfter(lastBatch, open);
    }
    for (const write of operations.map(toWrite)) {
      open.push(write);
      unwritten.set(write.key, write);
    }
    return lastBatch;
  }

  function read(key: string): unknown {
    const write = unwritten.get(key);
    if (write === undefined) return db.getSync(key);
    return write.type === 'put' ? JSON.parse(write.value) : undefined;
  }

  db.get = (key, done) => answerRead(() => read(key), done);
  db.batch = (operations, done) => told(note(operations), done);
  db.put = (key, value, done) => told(note([{ type: 'put', key, value }]), done);
  db.del = (key, done) => told(note([{ type: 'del', key }]), done);
  return { written: () => lastBatch };
}

function toWrite(operation: BatchOperation): Write {
  if (operation.type === 'del' || 'valueEncoding' in operation) return operation;
  return { type: 'put', key: operation.key, value: JSON.stringify(operation.value), valueEncoding: 'utf8' };
}

/** Calls back before it returns, so that dynalite's actions run in one go and their errors are the caller's. */
function answerRead(read: () => unknown, done: Callback<unknown> | undefined): Promise<unknown> {
  if (done === undefined) return new Promise((resolve) => resolve(read()));
  const [error, value] = attempt(read);
  done(error, value);
  return Promise.resolve();
}

function attempt(read: () => unknown): [Error | null, unknown] {
  try {
    return [null, read()];
  } catch (cause) {
    return [cause instanceof Error ? cause : new Error('The database cannot be read', { cause }), undefined];
  }
}

function told(written: Promise<void>, done: Written | undefined): Promise<void> {
  if (done !== undefined) written.then(() => done(null), done);
  return written;
}
