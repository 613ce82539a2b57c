import type { BatchOperation, KeyedStore, Store } from 'dynalite/db/index.js';

interface Overlay {
  /** Looks like the store to dynalite's actions, but only notes what they write. */
  readonly store: Store;
  /** What was noted, ready for one atomic batch. */
  readonly operations: readonly BatchOperation[];
}

/**
 * Reads go through to `store`, so nothing noted is read back: no two actions may touch the same item. The
 * locks of the items must be held already.
 */
export function createOverlay(store: Store): Overlay {
  const operations: BatchOperation[] = [];
  const noteUnder = (name: string, base: KeyedStore): KeyedStore => ({
    ...base,
    lock: (_key, run) => run((done) => done),
    put(key, value, done) {
      operations.push({ type: 'put', key: `${name}~${key}`, value });
      done(null);
    },
    del(key, done) {
      operations.push({ type: 'del', key: `${name}~${key}` });
      done(null);
    },
  });
  return {
    operations,
    store: {
      ...store,
      // The names must be those of dynalite's own sub-databases, in dynalite/db/index.js.
      getItemDb: (table) => noteUnder(`item-${table}`, store.getItemDb(table)),
      getIndexDb: (indexType, table, index) =>
        noteUnder(
          `index-${indexType.toLowerCase()}~${table}~${index}`,
          store.getIndexDb(indexType, table, index),
        ),
    },
  };
}
