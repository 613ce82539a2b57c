import type { ImageRole, VideoRequest } from '../domain/video-request.ts';
import type { ImageParams } from '../routing/quotable-request.ts';

/** An image as an order names it, before anybody looked at it. */
export type ImageInput =
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  /** The id of an upload of the same account. */
  | { readonly kind: 'file'; readonly fileId: string };

/** An order whose fields have the right types; whether anybody can serve it is still open. */
export interface OrderDraft {
  readonly fields: Omit<VideoRequest, ImageRole>;
  readonly images: { readonly [Role in ImageRole]?: ImageInput | undefined };
  /** The field of each image: the first frame has two names, and a refusal says the one that was sent. */
  readonly imageParams: ImageParams;
}
