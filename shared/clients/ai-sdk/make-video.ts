import { APICallError, type JSONObject } from '@ai-sdk/provider';
import type * as z from 'zod';
import { type Answered, type Connection, callGateway, type GatewayCall } from './call-gateway.ts';
import { orderedSchema, type Video, videoSchema } from './wire.ts';

export interface VideoOrder {
  readonly body: JSONObject;
  /** The same key with the same order is the same video for ever. */
  readonly idempotencyKey: string;
  readonly headers: Headers;
  readonly signal: AbortSignal | undefined;
  /** Told to who does not learn what became of the order. */
  readonly hint: string;
}

export interface MadeVideo {
  readonly video: Video;
  readonly bytes: Uint8Array;
  /** Of the answer that said that it is completed. */
  readonly headers: Readonly<Record<string, string>>;
}

/** The gateway answers as soon as something changes, and after so many seconds in any case. */
const waitSeconds = 25;

/**
 * Orders a video, waits until it has ended, however long that takes, and downloads it. Throws an APICallError when
 * it is refused or failed, or the signal's reason; the video goes on then.
 */
export async function makeVideo(order: VideoOrder, connection: Connection): Promise<MadeVideo> {
  const { signal, hint } = order;
  const headers = new Headers(order.headers);
  headers.set('idempotency-key', order.idempotencyKey);
  const create = { method: 'POST', path: '/videos', headers, body: order.body, signal, hint } as const;
  const { content } = await callGateway(create, reading(orderedSchema), connection);
  const path = `/videos/${encodeURIComponent(content.id)}`;
  const { content: video, headers: answerHeaders } = await untilEnded({ ...order, path }, connection);
  if (video.status === 'failed') throw toFailure(video, connection.baseUrl + path);
  const download = { path: `${path}/content`, headers: order.headers, signal, hint };
  const { content: bytes } = await callGateway(download, readFilm(video), connection);
  return { video, bytes, headers: answerHeaders };
}

async function untilEnded(
  { path, headers, signal, hint }: Omit<GatewayCall, 'body'>,
  connection: Connection,
): Promise<Answered<Video>> {
  const look = { path: `${path}?wait=${waitSeconds}`, headers, signal, hint };
  for (;;) {
    const answered = await callGateway(look, reading(videoSchema), connection);
    const { status } = answered.content;
    if (status === 'completed' || status === 'failed') return answered;
  }
}

function reading<Content>(schema: z.ZodType<Content>) {
  return async (response: Response): Promise<Content> => schema.parse(await response.json());
}

/** What has another length is no film of ours: a page, or the beginning of one. */
function readFilm({ gateway: { result } }: Video) {
  return async (response: Response): Promise<Uint8Array> => {
    const bytes = new Uint8Array(await response.arrayBuffer());
    if (result === null || bytes.length === result.bytes) return bytes;
    throw new RangeError(`the file has ${bytes.length} bytes instead of ${result.bytes}`);
  };
}

function toFailure({ id, error, ...video }: Video, url: string): APICallError {
  const { code, message } = error ?? { code: 'unknown', message: 'The gateway does not say why' };
  return new APICallError({
    message: `${id} failed with ${code}: ${message}`,
    url,
    requestBodyValues: {},
    isRetryable: false,
    data: { id, error: { code, message }, ...video },
  });
}
