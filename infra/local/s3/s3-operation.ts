import type { IncomingMessage } from 'node:http';
import type { ObjectStore } from './object-store.ts';

/** A request with its address taken apart. */
export interface S3Request {
  readonly method: string;
  /** As sent, percent-encoded. */
  readonly path: string;
  /** Empty for the service itself. */
  readonly bucket: string;
  /** Empty for the bucket itself. */
  readonly key: string;
  readonly query: URLSearchParams;
  readonly headers: Headers;
  readonly body: IncomingMessage;
}

export interface S3Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly xml?: string;
  /** The bytes from `start` to `end` of a file, `end` included. */
  readonly file?: { readonly path: string; readonly start: number; readonly end: number };
}

/** An object that is now complete and readable. */
export interface ObjectCreated {
  readonly bucket: string;
  readonly key: string;
  readonly size: number;
  /** Without quotes. */
  readonly etag: string;
}

/** What the operations work on. */
export interface S3Bucket {
  readonly name: string;
  readonly objects: ObjectStore;
  /** Where multipart uploads under way are kept. */
  readonly uploadsDirectory: string;
  readonly onObjectCreated: (object: ObjectCreated) => void;
}

export type S3Operation = (bucket: S3Bucket, request: S3Request) => Promise<S3Answer>;
