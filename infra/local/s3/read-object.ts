import type { ObjectStore, StoredObject } from './object-store.ts';
import { S3Error } from './s3-error.ts';
import type { S3Operation } from './s3-operation.ts';

/** Throws NoSuchKey when there is none. */
export function requireObject(objects: ObjectStore, key: string): StoredObject {
  const object = objects.find(key);
  if (object === undefined) throw new S3Error('NoSuchKey', 'The specified key does not exist.');
  return object;
}

/** Honours `If-Match`. */
export function requireMatch({ etag }: StoredObject, headers: Headers): void {
  const ifMatch = headers.get('if-match');
  if (ifMatch !== null && ifMatch !== `"${etag}"` && ifMatch !== '*') {
    throw new S3Error('PreconditionFailed', 'The object has another ETag');
  }
}

/** GET and HEAD, with ranges, conditions and the `response-…` overrides of presigned URLs. */
export const readObject: S3Operation = async (bucket, { key, method, query, headers }) => {
  const object = requireObject(bucket.objects, key);
  const etag = `"${object.etag}"`;
  requireMatch(object, headers);
  const ifNoneMatch = headers.get('if-none-match');
  if (ifNoneMatch === etag || ifNoneMatch === '*') return { status: 304, headers: { etag } };
  const range = toRange(headers.get('range'), object.size);
  const { start, end } = range ?? { start: 0, end: object.size - 1 };
  const path = bucket.objects.contentPath(object.content);
  return {
    status: range === undefined ? 200 : 206,
    headers: {
      ...object.headers,
      ...overrides(query),
      etag,
      'accept-ranges': 'bytes',
      'content-length': String(end - start + 1),
      'last-modified': new Date(object.modifiedAt).toUTCString(),
      ...(range === undefined ? {} : { 'content-range': `bytes ${start}-${end}/${object.size}` }),
    },
    ...(method === 'HEAD' || object.size === 0 ? {} : { file: { path, start, end } }),
  };
};

/** `bytes=a-b`, `bytes=a-` and `bytes=-n`; anything else reads the whole, as HTTP asks. */
function toRange(header: string | null, size: number): { start: number; end: number } | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  const [from, to] = [match?.[1] ?? '', match?.[2] ?? ''];
  if (from === '' && to === '') return undefined;
  const start = from === '' ? Math.max(0, size - Number(to)) : Number(from);
  const end = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1);
  if (start >= size) throw new S3Error('InvalidRange', 'The requested range is not satisfiable');
  return end < start ? undefined : { start, end };
}

function overrides(query: URLSearchParams): Record<string, string> {
  const prefix = 'response-';
  return Object.fromEntries(
    [...query]
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, value]) => [name.slice(prefix.length), value]),
  );
}
