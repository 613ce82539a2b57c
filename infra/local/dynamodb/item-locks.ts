import type { Store } from 'dynalite/db/index.js';

/** Where an item is stored: its table and dynalite's key for it. */
export interface ItemPosition {
  readonly table: string;
  readonly key: string;
}

/**
 * Runs `action` while it alone may write these items. The locks are dynalite's own, taken in one order
 * everywhere, so that two transactions never wait for each other.
 */
export async function withLocks<T>(
  store: Store,
  items: readonly ItemPosition[],
  action: () => Promise<T>,
): Promise<T> {
  const releases: (() => void)[] = [];
  try {
    for (const item of [...items].sort(byPosition)) releases.push(await lock(store, item));
    return await action();
  } finally {
    for (const release of releases) release();
  }
}

function lock(store: Store, { table, key }: ItemPosition): Promise<() => void> {
  return new Promise((resolve) => {
    store.getItemDb(table).lock(key, (release) => resolve(release(() => {})));
  });
}

function byPosition(a: ItemPosition, b: ItemPosition): number {
  const [first, second] = [a, b].map(({ table, key }) => `${table}~${key}`);
  return first === second ? 0 : String(first) < String(second) ? -1 : 1;
}
