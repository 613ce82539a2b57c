import { setTimeout as sleep } from 'node:timers/promises';
import { CommandError } from './command-error.ts';
import { problemSchema, uploadSchema, type Video, videoSchema } from './wire.ts';

export interface GatewayAddress {
  readonly url: string;
  readonly apiKey: string;
}

/** The calls of the public API that the command makes. */
export interface GatewayClient {
  /** Safe to repeat with the same key: it never makes a second task. */
  createVideo(order: object, idempotencyKey: string): Promise<Polled>;
  getVideo(id: string): Promise<Polled>;
  /** Stores a file for use in an order; returns its id. */
  upload(bytes: Uint8Array): Promise<string>;
  /** The bytes of a finished video. */
  download(id: string): Promise<Response>;
}

/** A video, and when it is worth asking again. */
export interface Polled {
  readonly video: Video;
  readonly pollAfterMs: number;
}

const maxTries = 5;
const retryDelayMs = 500;

export function createGatewayClient({ url, apiKey }: GatewayAddress): GatewayClient {
  async function call(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = {
      authorization: `Bearer ${apiKey}`,
      'content-type': 'application/json',
      ...init.headers,
    };
    const response = await withRetries(() => fetch(`${url}${path}`, { ...init, headers }), url);
    if (response.ok) return response;
    throw new CommandError(await describeRefusal(response));
  }
  return {
    async createVideo(order, idempotencyKey) {
      const headers = { 'idempotency-key': idempotencyKey };
      return toPolled(await call('/v1/videos', { method: 'POST', headers, body: JSON.stringify(order) }));
    },
    async getVideo(id) {
      return toPolled(await call(`/v1/videos/${encodeURIComponent(id)}`));
    },
    async upload(bytes) {
      const created = await call('/v1/uploads', {
        method: 'POST',
        body: JSON.stringify({ bytes: bytes.length }),
      });
      const upload = uploadSchema.parse(await created.json());
      const stored = await withRetries(
        () => fetch(upload.url, { method: upload.method, headers: upload.headers, body: bytes }),
        upload.url,
      );
      if (!stored.ok) throw new CommandError(`The upload was refused with status ${stored.status}`);
      return upload.id;
    },
    download: (id) => call(`/v1/videos/${encodeURIComponent(id)}/content`),
  };
}

/** A gateway that is being restarted is away for seconds; the video goes on being made. */
async function withRetries(send: () => Promise<Response>, url: string): Promise<Response> {
  for (let tries = 1; ; tries += 1) {
    try {
      const response = await send();
      if (response.status < 500 || tries === maxTries) return response;
    } catch (cause) {
      if (tries === maxTries) throw new CommandError(`${new URL(url).origin} does not answer`, { cause });
    }
    await sleep(retryDelayMs * 2 ** tries);
  }
}

async function toPolled(response: Response): Promise<Polled> {
  const pollAfterMs = Number(response.headers.get('openai-poll-after-ms') ?? 1000);
  return { video: videoSchema.parse(await response.json()), pollAfterMs };
}

async function describeRefusal(response: Response): Promise<string> {
  const problem = problemSchema.safeParse(await response.json().catch(() => undefined));
  if (!problem.success) return `The gateway answered with status ${response.status}`;
  const { detail, errors } = problem.data;
  return errors.length < 2 ? detail : errors.map(({ message }) => message).join('\n');
}
