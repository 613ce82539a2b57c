import * as z from 'zod';

export const operations = ['t2v', 'i2v', 'fl2v', 's2v'] as const;
/** Text to video, image to video, first and last frame to video, subject to video. */
export type Operation = (typeof operations)[number];

export const resolutions = ['512P', '720P', '768P', '1080P'] as const;
export type Resolution = (typeof resolutions)[number];

export const imageFormats = ['jpeg', 'png', 'webp'] as const;
export type ImageFormat = (typeof imageFormats)[number];

/** What a probe found out about an image. */
const imageFactsSchema = z.object({
  format: z.enum(imageFormats),
  bytes: z.number().int().positive(),
  width: z.number().int().positive(),
  height: z.number().int().positive(),
});
export type ImageFacts = z.infer<typeof imageFactsSchema>;

/** Where an image is: at a public URL of the customer, or under a key of the media bucket. */
const imageSourceSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('url'), url: z.string(), facts: imageFactsSchema }),
  z.object({ kind: z.literal('stored'), key: z.string(), facts: imageFactsSchema }),
]);
export type ImageSource = z.infer<typeof imageSourceSchema>;

/** The roles an image can play, by their field names in the public API. */
export const imageRoles = ['firstFrameImage', 'lastFrameImage', 'subjectImage'] as const;
export type ImageRole = (typeof imageRoles)[number];

/**
 * A customer's order in canonical form. Everything that can be omitted is absent or explicit: absent
 * `seconds` and `resolution` are filled in from the chosen offer before anything is priced.
 */
export const videoRequestSchema = z.object({
  /** Canonical model id or an alias of one; absent means that the gateway chooses. */
  model: z.string().optional(),
  prompt: z.string().optional(),
  seconds: z.number().int().positive().optional(),
  resolution: z.enum(resolutions).optional(),
  /** Pixels as `WIDTHxHEIGHT`; an alternative to `resolution`. */
  size: z.string().optional(),
  /** As `W:H`. */
  aspectRatio: z.string().optional(),
  seed: z.number().int().optional(),
  promptOptimizer: z.boolean().optional(),
  firstFrameImage: imageSourceSchema.optional(),
  lastFrameImage: imageSourceSchema.optional(),
  subjectImage: imageSourceSchema.optional(),
  /** A provider's name; absent means `auto`. */
  provider: z.string().optional(),
  /** Ceiling for the price of the chosen offer. */
  maxCostMicroUsd: z.number().int().nonnegative().optional(),
  metadata: z.record(z.string(), z.string()).optional(),
});
export type VideoRequest = z.infer<typeof videoRequestSchema>;

/** What the images of a request ask for. */
export function operationOf(request: VideoRequest): Operation {
  if (request.subjectImage !== undefined) return 's2v';
  if (request.lastFrameImage !== undefined) return 'fl2v';
  return request.firstFrameImage === undefined ? 't2v' : 'i2v';
}
