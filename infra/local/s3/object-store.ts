import { hash, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';

const objectSchema = z.object({
  key: z.string(),
  size: z.number(),
  /** Without quotes. */
  etag: z.string(),
  modifiedAt: z.string(),
  /** The headers that a reader gets back. */
  headers: z.record(z.string(), z.string()),
  /** The name of the file that holds the bytes. */
  content: z.string(),
});
export type StoredObject = z.infer<typeof objectSchema>;

/** The objects of one bucket: a file of bytes and a file of description each, the latter replaced whole. */
export interface ObjectStore {
  find(key: string): StoredObject | undefined;
  /** All objects by the order of their keys' UTF-8 bytes. */
  list(): readonly StoredObject[];
  /** A name for the bytes of an object to come. */
  newContent(): string;
  contentPath(content: string): string;
  /** Throws bytes away that no object owns. */
  discard(content: string): void;
  /** Makes the object visible; its bytes must be complete. Replaces the object of the same key. */
  place(object: StoredObject): void;
  remove(key: string): void;
}

/** Opens what an earlier process left in `directory`; bytes that belong to no object are thrown away. */
export async function openObjectStore(directory: string): Promise<ObjectStore> {
  const [contents, descriptions] = [join(directory, 'contents'), join(directory, 'objects')];
  await mkdir(contents, { recursive: true });
  await mkdir(descriptions, { recursive: true });
  const objects = readObjects(descriptions);
  const contentPath = (content: string) => join(contents, content);
  const descriptionPath = (key: string) => join(descriptions, `${hash('sha256', key)}.json`);
  removeOrphans(contents, objects);

  const discard = (content: string) => rmSync(contentPath(content), { force: true });

  function discardContentOf(key: string) {
    const object = objects.get(key);
    if (object !== undefined) discard(object.content);
  }

  return {
    contentPath,
    discard,
    newContent: randomUUID,
    find: (key) => objects.get(key),
    list: () => [...objects.values()].sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key))),
    place(object) {
      const path = descriptionPath(object.key);
      writeFileSync(`${path}.new`, JSON.stringify(object));
      renameSync(`${path}.new`, path);
      discardContentOf(object.key);
      objects.set(object.key, object);
    },
    remove(key) {
      rmSync(descriptionPath(key), { force: true });
      discardContentOf(key);
      objects.delete(key);
    },
  };
}

function readObjects(directory: string): Map<string, StoredObject> {
  const files = readdirSync(directory).filter((file) => file.endsWith('.json'));
  const objects = files.map((file) =>
    objectSchema.parse(JSON.parse(readFileSync(join(directory, file), 'utf8'))),
  );
  return new Map(objects.map((object) => [object.key, object]));
}

function removeOrphans(directory: string, objects: ReadonlyMap<string, StoredObject>) {
  const owned = new Set([...objects.values()].map(({ content }) => content));
  for (const file of readdirSync(directory)) {
    if (!owned.has(file)) rmSync(join(directory, file));
  }
}
