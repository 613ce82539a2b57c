import * as z from 'zod';
import { videoEvents } from './webhook.ts';

/** What is made from a video, and must be named; the other operations follow from the images of an order. */
export const videoOperations = ['upscale', 'extend'] as const;
export const operations = ['t2v', 'i2v', 'fl2v', 's2v', ...videoOperations] as const;
/** Text, image, first and last frame or subject to video; a video made larger or longer. */
export type Operation = (typeof operations)[number];

export const resolutions = ['512P', '720P', '768P', '1080P'] as const;
export type Resolution = (typeof resolutions)[number];

/** Providers write the same quality as 720P or as 768P: an order for one is served by either. */
export function isSameTier(one: Resolution, other: Resolution): boolean {
  return tiers[one] === tiers[other];
}

const tiers: Readonly<Record<Resolution, 'sd' | 'hd' | 'fhd'>> = {
  '512P': 'sd',
  '720P': 'hd',
  '768P': 'hd',
  '1080P': 'fhd',
};

/** How an order without named providers chooses among offers; absent means `auto`. */
export const policies = ['auto', 'value', 'fastest', 'official'] as const;

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

/** Where the video is that an operation starts from: at a URL, or under a key of the media bucket. */
const videoSourceSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('url'),
    url: z.string(),
    /** Whether it may be plain http: only a provider's own API takes that. Absent means not. */
    takesHttp: z.boolean().optional(),
  }),
  z.object({ kind: z.literal('stored'), key: z.string() }),
]);
export type VideoSource = z.infer<typeof videoSourceSchema>;

/** What an order says and nothing can follow. Its customer is told: nothing is dropped in silence. */
const doorWarningSchema = z.object({ code: z.literal('aspect_ratio_ignored'), message: z.string() });
export type DoorWarning = z.infer<typeof doorWarningSchema>;

/** The roles an image can play, by their field names in the public API. */
export const imageRoles = ['firstFrameImage', 'lastFrameImage', 'subjectImage'] as const;
export type ImageRole = (typeof imageRoles)[number];

/**
 * A customer's order in canonical form. Everything that can be omitted is absent or explicit: absent
 * `seconds` and `resolution` are filled in from the chosen offer before anything is priced.
 */
export const videoRequestSchema = z.object({
  /** Given for what is made from a video; else the images decide. */
  operation: z.enum(videoOperations).optional(),
  /** Canonical model id or an alias of one; absent means that the gateway chooses. */
  model: z.string().optional(),
  prompt: z.string().optional(),
  /** What the video shall not show. */
  negativePrompt: z.string().optional(),
  /** Of the video; of an extension the seconds that it adds. */
  seconds: z.number().int().positive().optional(),
  resolution: z.enum(resolutions).optional(),
  /** Pixels as `WIDTHxHEIGHT`; an alternative to `resolution`. */
  size: z.string().optional(),
  /** As `W:H`. */
  aspectRatio: z.string().optional(),
  seed: z.number().int().optional(),
  promptOptimizer: z.boolean().optional(),
  /** How closely the video keeps to the prompt: of orders through a provider's own API. */
  guidanceScale: z.number().optional(),
  firstFrameImage: imageSourceSchema.optional(),
  lastFrameImage: imageSourceSchema.optional(),
  subjectImage: imageSourceSchema.optional(),
  sourceVideo: videoSourceSchema.optional(),
  /** The only providers that may serve it, in this order. */
  providers: z.array(z.string()).optional(),
  policy: z.enum(policies).optional(),
  /** Comes first among those that the policy may choose, while orders to it go through. */
  preferredProvider: z.string().optional(),
  /** Ceiling for what all attempts together may cost. */
  maxCostMicroUsd: z.number().int().nonnegative().optional(),
  metadata: z.record(z.string(), z.string()).optional(),
  /** The provider's API that it was written in, and how; absent for an order in our own. */
  door: z
    .object({
      provider: z.string(),
      dialect: z.string().optional(),
      echo: z.unknown(),
      warnings: z.array(doorWarningSchema).optional(),
    })
    .optional(),
  /** Who is told of the end, in the words of the provider's API or, without one, in ours. */
  webhook: z
    .object({
      url: z.string(),
      secret: z.string().optional(),
      dialect: z.string().optional(),
      /** Of what it is told; absent means of every end. */
      events: z.array(z.enum(videoEvents)).optional(),
    })
    .optional(),
});
export type VideoRequest = z.infer<typeof videoRequestSchema>;

/** What a customer says and shows in an order: all that is personal in it. */
export const contentFields = [
  'prompt',
  'negativePrompt',
  ...imageRoles,
  'sourceVideo',
  // The order once more, as it was written.
  'door',
  // A URL may say whose it is, and its secret is of no use any more.
  'webhook',
] as const satisfies readonly (keyof VideoRequest)[];

/** What a request asks for: the operation that it names, or the one that its images mean. */
export function operationOf(request: VideoRequest): Operation {
  if (request.operation !== undefined) return request.operation;
  if (request.subjectImage !== undefined) return 's2v';
  if (request.lastFrameImage !== undefined) return 'fl2v';
  return request.firstFrameImage === undefined ? 't2v' : 'i2v';
}
