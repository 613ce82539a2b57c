import type { ImageFacts, ImageRole, Operation, VideoRequest } from '../domain/video-request.ts';

/** An order as far as it is known. An image whose facts are not known yet counts as fitting. */
export type QuotableRequest = Omit<VideoRequest, ImageRole | 'sourceVideo'> & {
  readonly [Role in ImageRole]?: { readonly facts?: ImageFacts } | undefined;
} & {
  readonly sourceVideo?: object | undefined;
  /** The fields in which the client gave the images; absent means the usual ones. */
  readonly imageParams?: ImageParams;
};

/** The images that each operation is made from: neither more nor fewer. */
export const operationImages: Readonly<Record<Operation, readonly ImageRole[]>> = {
  t2v: [],
  i2v: ['firstFrameImage'],
  fl2v: ['firstFrameImage', 'lastFrameImage'],
  s2v: ['subjectImage'],
  upscale: [],
  extend: [],
};

export type ImageParams = Readonly<Record<ImageRole, string>>;

/** The images by their names in the public API. */
export const imageParams = {
  firstFrameImage: 'first_frame_image',
  lastFrameImage: 'last_frame_image',
  subjectImage: 'subject_image',
} as const satisfies Record<ImageRole, string>;
