import type { StoredObject } from './object-store.ts';
import type { S3Operation } from './s3-operation.ts';
import { element, textElement } from './xml.ts';

const largestPage = 1000;

/** An object, or all objects whose keys share a prefix up to the delimiter. */
type Entry =
  | { readonly name: string; readonly object: StoredObject }
  | { readonly name: string; readonly object?: never };

/** ListObjectsV2. The continuation token is the last name of the page before. */
export const listObjects: S3Operation = async (bucket, { query }) => {
  const [prefix, delimiter] = [query.get('prefix') ?? '', query.get('delimiter') ?? ''];
  const token = query.get('continuation-token');
  const after =
    token === null ? (query.get('start-after') ?? '') : Buffer.from(token, 'base64url').toString();
  const limit = Math.min(Number(query.get('max-keys') ?? largestPage), largestPage);
  const entries = toEntries(bucket.objects.list(), prefix, delimiter).filter(({ name }) =>
    isAfter(name, after),
  );
  const page = entries.slice(0, limit);
  const isTruncated = page.length > 0 && entries.length > limit;
  const last = page.at(-1)?.name ?? '';
  const encode = query.get('encoding-type') === 'url' ? encodeURIComponent : (text: string) => text;
  return {
    status: 200,
    xml: element('ListBucketResult', [
      textElement('Name', bucket.name),
      textElement('Prefix', encode(prefix)),
      ...(delimiter === '' ? [] : [textElement('Delimiter', encode(delimiter))]),
      ...(query.has('encoding-type') ? [textElement('EncodingType', 'url')] : []),
      textElement('MaxKeys', limit),
      textElement('KeyCount', page.length),
      textElement('IsTruncated', isTruncated),
      ...(isTruncated ? [textElement('NextContinuationToken', Buffer.from(last).toString('base64url'))] : []),
      ...page.map((entry) => toElement(entry, encode)),
    ]),
  };
};

function toEntries(objects: readonly StoredObject[], prefix: string, delimiter: string): Entry[] {
  const entries = new Map<string, Entry>();
  for (const object of objects.filter(({ key }) => key.startsWith(prefix))) {
    const end = delimiter === '' ? -1 : object.key.indexOf(delimiter, prefix.length);
    const name = end < 0 ? object.key : object.key.slice(0, end + delimiter.length);
    if (!entries.has(name)) entries.set(name, end < 0 ? { name, object } : { name });
  }
  return [...entries.values()];
}

function isAfter(name: string, after: string): boolean {
  return Buffer.compare(Buffer.from(name), Buffer.from(after)) > 0;
}

function toElement({ name, object }: Entry, encode: (text: string) => string): string {
  if (object === undefined) return element('CommonPrefixes', [textElement('Prefix', encode(name))]);
  return element('Contents', [
    textElement('Key', encode(name)),
    textElement('LastModified', object.modifiedAt),
    textElement('ETag', `"${object.etag}"`),
    textElement('Size', object.size),
    textElement('StorageClass', 'STANDARD'),
  ]);
}
