import type { ImageRole, VideoRequest } from '../domain/video-request.ts';
import type { ImageParams } from '../routing/quotable-request.ts';
import type { ObjectAddress } from './source-url.ts';

interface UrlInput {
  readonly kind: 'url';
  readonly url: string;
}

/** An upload of the same account. */
export interface FileInput {
  readonly kind: 'file';
  readonly fileId: string;
}

/** An object of the gateway's own bucket, among those of the same account. */
export interface ObjectInput extends ObjectAddress {
  readonly kind: 's3';
}

/** A file that an earlier order of the same account was made from; it may have expired since. */
export interface KeptInput {
  readonly kind: 'kept';
  readonly key: string;
}

/** An image as an order names it, before anybody looked at it. */
export type ImageInput =
  | UrlInput
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | FileInput
  | ObjectInput
  | KeptInput;

/** A video as an order names it, before anybody looked at it. */
export type VideoInput =
  | UrlInput
  | FileInput
  | ObjectInput
  | KeptInput
  /** A completed video of the same account. */
  | { readonly kind: 'video'; readonly videoId: string };

/** An order whose fields have the right types; whether anybody can serve it is still open. */
export interface OrderDraft {
  readonly fields: Omit<VideoRequest, ImageRole | 'sourceVideo'>;
  readonly images: { readonly [Role in ImageRole]?: ImageInput | undefined };
  readonly sourceVideo?: VideoInput | undefined;
  /** Whether its images and its video may be at plain http URLs, as in the documents of the providers' own APIs. */
  readonly takesHttp?: boolean | undefined;
  /** The field of each image: the first frame has two names, and a refusal says the one that was sent. */
  readonly imageParams: ImageParams;
}
