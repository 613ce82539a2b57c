import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Experimental_VideoModelV4CallOptions as CallOptions,
  InvalidArgumentError,
  type SharedV4Warning,
  type Experimental_VideoModelV4 as VideoModel,
  type Experimental_VideoModelV4Result as VideoModelResult,
} from '@ai-sdk/provider';
import type { Connection, Delay } from './call-gateway.ts';
import { type MadeVideo, makeVideo, type VideoOrder } from './make-video.ts';
import { type Order, toOrder } from './to-order.ts';

interface ConchOptions {
  /** Of the gateway's API, with its version: `https://….amazonaws.com/v1`. */
  readonly baseURL: string;
  readonly apiKey: string;
  /** Used for every request and download; the global one by default. */
  readonly fetch?: typeof globalThis.fetch;
  /** Waits before a request is repeated; by default by a timer. */
  readonly delay?: Delay;
}

interface Conch {
  /**
   * A model by its id or by a provider's spelling, as `GET /v1/models` lists them. Fields of the gateway's own go into
   * `providerOptions.conch`: `provider`, `max_cost_usd`, `metadata` and whatever else a create takes.
   *
   * One call of `generateVideo` buys each of its `n` videos once. Requests are repeated here, under one Idempotency-Key
   * a video, and errors are never retryable: `maxRetries` has nothing left to do. The key is random, so a call that is
   * made again buys again; one with an `Idempotency-Key` of its own in `headers` finds what it bought before, also after
   * this process died. Of several videos, those that were made are returned, and the others are warnings.
   *
   * It waits for as long as the gateway does. Aborting ends the waiting alone: the video goes on and is charged.
   */
  video(modelId: string): VideoModel;
}

/** A provider of the Vercel AI SDK (video models of specification v4) for a Conch gateway. */
export function createConch({ baseURL, apiKey, fetch, delay }: ConchOptions): Conch {
  if (!URL.canParse(baseURL)) {
    const message = `baseURL must be a URL such as "https://gateway.example/v1"; got "${baseURL}"`;
    throw new InvalidArgumentError({ argument: 'baseURL', message });
  }
  const connection: Connection = {
    baseUrl: baseURL.replace(/\/+$/, ''),
    apiKey,
    fetch: fetch ?? ((...request) => globalThis.fetch(...request)),
    delay: delay ?? ((ms, { abortSignal: signal }) => sleep(ms, undefined, signal && { signal })),
  };
  return {
    video: (modelId) => ({
      specificationVersion: 'v4',
      provider: 'conch.video',
      modelId,
      // All at once: else the SDK would drop a video that is paid for when the one beside it fails.
      maxVideosPerCall: Number.MAX_SAFE_INTEGER,
      doGenerate: async (options) => generate(toOrder(modelId, options), options, connection),
    }),
  };
}

async function generate(
  { body, warnings }: Order,
  options: CallOptions,
  connection: Connection,
): Promise<VideoModelResult> {
  const orders = toVideoOrders(body, options);
  const outcomes = await Promise.allSettled(orders.map((order) => makeVideo(order, connection)));
  options.abortSignal?.throwIfAborted();
  const made = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  const faults = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
  const [first] = made;
  if (first === undefined) throw worstOf(faults, orders);
  return toResult([first, ...made.slice(1)], [...warnings, ...faults.map(toWarning)]);
}

/** One that leaves open whether something was bought tells how to find it, and must be heard. */
function worstOf(faults: readonly unknown[], orders: readonly VideoOrder[]): unknown {
  const isOpen = (fault: unknown) => orders.some(({ hint }) => String(fault).includes(hint));
  return faults.find(isOpen) ?? faults[0];
}

/** The first video has the key itself, so it stays the same when more are asked for. */
function toVideoOrders(
  body: Order['body'],
  { n, headers: given = {}, abortSignal }: CallOptions,
): VideoOrder[] {
  const headers = new Headers();
  for (const [name, value] of Object.entries(given)) if (value !== undefined) headers.set(name, value);
  const givenKey = headers.get('idempotency-key') ?? '';
  const key = givenKey === '' ? randomUUID() : givenKey;
  const hint = `The same call with the header "Idempotency-Key: ${key}" finds what it bought, and buys it once`;
  return Array.from({ length: n }, (_, index) => {
    const idempotencyKey = index === 0 ? key : `${key}-${index + 1}`;
    return { body, idempotencyKey, headers, signal: abortSignal, hint };
  });
}

/** Bytes, because the SDK downloads nothing from loopback or a private address, where a gateway may well be. */
function toResult(
  made: readonly [MadeVideo, ...MadeVideo[]],
  warnings: readonly SharedV4Warning[],
): VideoModelResult {
  const [{ video: first, headers }] = made;
  const videos = made.map(({ video: { id, gateway } }) => ({
    id,
    provider: gateway.provider,
    cost: gateway.cost,
    /** Needs no key, and is good until the video expires. */
    url: gateway.result?.url ?? null,
  }));
  const ofGateway = made.flatMap(({ video }) => video.gateway.warnings);
  return {
    videos: made.map(({ bytes: data }) => ({ type: 'binary', data, mediaType: 'video/mp4' })),
    warnings: [
      ...warnings,
      ...ofGateway.map(({ code, message }) => ({ type: 'other' as const, message: `${code}: ${message}` })),
    ],
    providerMetadata: { conch: { ...videos[0], videos } },
    response: { timestamp: new Date(first.created_at * 1000), modelId: first.model, headers },
  };
}

function toWarning(fault: unknown): SharedV4Warning {
  const reason = fault instanceof Error ? fault.message : String(fault);
  return { type: 'other', message: `A video of the call was not made: ${reason}` };
}
