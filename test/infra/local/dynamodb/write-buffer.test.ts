import database, { type BatchOperation, type Database } from 'dynalite/db/index.js';
import { describe, expect, it } from 'vitest';
import { bufferWrites } from '../../../../infra/local/dynamodb/write-buffer.ts';

describe('bufferWrites', () => {
  it('shows a put at once, and counts it as written when the disk has it', async () => {
    const { db, disk, written } = await openOnSlowDisk();
    const put = db.put('a', { n: 1 });
    expect(await db.get('a')).toEqual({ n: 1 });
    expect(db.getSync('a')).toBeUndefined();
    disk.free();
    await Promise.all([written(), put]);
    expect(db.getSync('a')).toEqual({ n: 1 });
  });

  it('shows the last of several writes of a key while an earlier one is on its way', async () => {
    const { db, disk, written } = await openOnSlowDisk();
    void db.put('a', { n: 1 });
    await disk.begun;
    void db.put('a', { n: 2 });
    disk.free();
    expect(await db.get('a')).toEqual({ n: 2 });
    void db.del('a');
    expect(await db.get('a')).toBeUndefined();
    await written();
    expect(db.getSync('a')).toBeUndefined();
  });

  it('keeps a value as it was when it was put', async () => {
    const { db, disk } = await openOnSlowDisk();
    const value = { n: 1 };
    void db.put('a', value);
    value.n = 2;
    expect(await db.get('a')).toEqual({ n: 1 });
    disk.free();
  });

  it('writes in one batch what came while the disk was busy', async () => {
    const { db, disk, written } = await openOnSlowDisk();
    void db.put('a', { n: 1 });
    await disk.begun;
    for (const key of ['b', 'c', 'd']) void db.put(key, { n: 1 });
    disk.free();
    await written();
    expect(disk.batches).toEqual([['a'], ['b', 'c', 'd']]);
  });

  it('rejects with the error of the disk', async () => {
    const { db, disk, written } = await openOnSlowDisk();
    const put = db.put('a', { n: 1 });
    await disk.begun;
    disk.fail(new Error('The disk is full'));
    await expect(put).rejects.toThrow('The disk is full');
    await expect(written()).rejects.toThrow('The disk is full');
  });
});

/** A database in memory whose first batch waits until the test frees the disk. */
async function openOnSlowDisk() {
  const { db } = database.create({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  await db.open();
  const disk = slowDown(db);
  return { db, disk, ...bufferWrites(db) };
}

function slowDown(db: Database) {
  const batches: string[][] = [];
  const begun = Promise.withResolvers<void>();
  const freed = Promise.withResolvers<void>();
  const writeBatch = db.batch.bind(db);
  db.batch = async (operations: readonly BatchOperation[]) => {
    batches.push(operations.map(({ key }) => key));
    begun.resolve();
    await freed.promise;
    return writeBatch(operations);
  };
  return { batches, begun: begun.promise, free: freed.resolve, fail: freed.reject };
}
