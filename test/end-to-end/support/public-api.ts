import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { createContractedFetch } from '../../support/contract/contracted-fetch.ts';

/** Where a gateway serves, and the key of an account. */
export interface Address {
  readonly url: string;
  readonly apiKey: string;
}

/** The parts of a video that the suite looks at. */
export const videoSchema = z.object({
  id: z.string().regex(/^video_[0-9a-f]{16}$/),
  object: z.literal('video'),
  status: z.enum(['queued', 'in_progress', 'completed', 'failed']),
  model: z.string(),
  created_at: z.int(),
  progress: z.number().min(0).max(100),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
  gateway: z.object({
    provider: z.string(),
    operation: z.string(),
    state: z.string(),
    next_look_at: z.string().nullable(),
    attempts: z.array(
      z.object({
        provider: z.string(),
        price: z.string(),
        job_id: z.string().nullable(),
        outcome: z.string().nullable(),
        error: z.object({ code: z.string() }).nullable(),
      }),
    ),
    cost: z.object({ currency: z.literal('USD'), estimated: z.string(), charged: z.string().nullable() }),
    result: z
      .object({
        url: z.url(),
        bytes: z.int().positive(),
        sha256: z.string(),
        width: z.int().positive(),
        height: z.int().positive(),
        duration_seconds: z.number().positive(),
      })
      .nullable(),
  }),
});
export type Video = z.infer<typeof videoSchema>;

const quoteSchema = z.object({
  offers: z.array(
    z.object({
      provider: z.string(),
      model: z.string(),
      operation: z.string(),
      seconds: z.int().nullable(),
      resolution: z.string().nullable(),
      price: z.string(),
    }),
  ),
});
export type QuotedOffer = z.infer<typeof quoteSchema>['offers'][number];

/** Calls of the public API as a customer makes them; an answer that is no video throws. */
export interface PublicApi {
  /** Any request with the key; redirects are not followed. */
  call(path: string, init?: RequestInit): Promise<Response>;
  order(body: object, headers?: Readonly<Record<string, string>>): Promise<Video>;
  /** Who could serve this order, best first. */
  quote(body: object): Promise<readonly QuotedOffer[]>;
  readVideo(id: string): Promise<Video>;
  /** Polls as the gateway asks until the video is completed or failed; throws after `timeoutSeconds`. */
  untilOver(id: string, timeoutSeconds?: number): Promise<Video>;
}

/** The same, with every answer held to the contract of today's version: throws ContractFault. */
export function createContractedApi(address: Address): PublicApi {
  return createPublicApi(address, createContractedFetch(address.url));
}

export function createPublicApi({ url, apiKey }: Address, fetch = globalThis.fetch): PublicApi {
  const call = (path: string, { headers, ...init }: RequestInit = {}) =>
    fetch(`${url}${path}`, {
      redirect: 'manual',
      ...init,
      headers: { authorization: `Bearer ${apiKey}`, ...Object.fromEntries(new Headers(headers)) },
    });
  const post = (path: string, body: object, headers: Readonly<Record<string, string>> = {}) =>
    call(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  return {
    call,
    order: async (body, headers) => readVideo(await post('/v1/videos', body, headers)),
    quote: async (body) => quoteSchema.parse(await (await post('/v1/videos/quote', body)).json()).offers,
    readVideo: async (id) => readVideo(await call(`/v1/videos/${id}`)),
    async untilOver(id, timeoutSeconds = 60) {
      const giveUpAt = Date.now() + timeoutSeconds * 1000;
      for (;;) {
        const response = await call(`/v1/videos/${id}`);
        const pollMs = Number(response.headers.get('openai-poll-after-ms') ?? 0);
        const video = await readVideo(response);
        if (video.status === 'completed' || video.status === 'failed') return video;
        if (Date.now() > giveUpAt)
          throw new Error(`${id} is ${video.gateway.state} after ${timeoutSeconds} s`);
        await sleep(pollMs);
      }
    },
  };
}

export async function readVideo(response: Response): Promise<Video> {
  const body: unknown = await response.json();
  if (!response.ok) throw new Error(`The gateway answered ${response.status}: ${JSON.stringify(body)}`);
  return videoSchema.parse(body);
}
