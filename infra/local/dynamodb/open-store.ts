import { mkdir } from 'node:fs/promises';
import { Readable } from 'node:stream';
import conditionParser from 'dynalite/db/conditionParser.js';
import database, { type Store, type Table, type ValueIterator } from 'dynalite/db/index.js';
import updateParser from 'dynalite/db/updateParser.js';
import { cacheExpressions } from './expression-cache.ts';
import { bufferWrites, type WriteBuffer } from './write-buffer.ts';

export interface OpenStore extends Store, WriteBuffer {
  close(): Promise<void>;
}

/** Items that a query or scan reads from the disk at once. */
const pageSize = 100;

for (const parser of [conditionParser, updateParser]) cacheExpressions(parser);

/** Opens dynalite's store in a directory, or in memory. Rejects when another process has the directory open. */
export async function openStore(path: string | undefined): Promise<OpenStore> {
  if (path !== undefined) await mkdir(path, { recursive: true });
  const instant = { createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 };
  const store = database.create({ ...instant, ...(path === undefined ? {} : { path }) });
  await store.db.open();
  const { written } = bufferWrites(store.db);
  store.db.createValueStream = (range) => Readable.from(readPages(store.db.values(range)));
  return {
    ...store,
    getTable: rememberTables(store),
    written,
    async close() {
      await written();
      await store.db.close();
    },
  };
}

/** dynalite's own stream asks for each item, and each time waits for a thread. */
async function* readPages(values: ValueIterator): AsyncGenerator<unknown> {
  try {
    for (;;) {
      const page = await values.nextv(pageSize);
      yield* page;
      // A page may also end early, for its size in bytes: only an empty one is the end.
      if (page.length === 0) return;
    }
  } finally {
    await values.close();
  }
}

/** dynalite reads the description of a table up to three times in an operation on an item. */
function rememberTables({ tableDb, getTable }: Store): Store['getTable'] {
  const known = new Map<string, Table>();
  const { put, del } = tableDb;
  tableDb.put = (name, description, done) => {
    known.delete(name);
    put(name, description, done);
  };
  tableDb.del = (name, done) => {
    known.delete(name);
    del(name, done);
  };
  return (name, ...given) => {
    const [isUsable, done] = given.length === 1 ? [true, given[0]] : given;
    // Who asks for a table in any state is about to change the description.
    if (!isUsable) return getTable(name, false, done);
    const table = known.get(name);
    if (table !== undefined) return done(null, table);
    getTable(name, true, (error, found) => {
      if (error === null) known.set(name, found);
      done(error, found);
    });
  };
}
