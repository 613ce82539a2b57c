/** It is kept with the task, and providers take no longer ones either. */
export const maxUrlLength = 4096;

/** An object of S3, by its address `s3://bucket/key`. */
export interface ObjectAddress {
  readonly bucket: string;
  readonly key: string;
}

type SourceUrl = { readonly kind: 'url'; readonly url: string } | ({ readonly kind: 's3' } & ObjectAddress);

/** Reads a web URL or an `s3://` address; whether it may be fetched is decided later. Undefined for other text. */
export function readSourceUrl(text: string): SourceUrl | undefined {
  if (text.length > maxUrlLength || !text.isWellFormed()) return undefined;
  const [, bucket, key] = s3Address.exec(text) ?? [];
  if (bucket !== undefined && key !== undefined) return { kind: 's3', bucket, key };
  const protocol = URL.parse(text)?.protocol;
  return protocol === 'https:' || protocol === 'http:' ? { kind: 'url', url: text } : undefined;
}

const s3Address = /^s3:\/\/([^/]+)\/(.+)$/s;
