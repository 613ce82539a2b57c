import { setTimeout as sleep } from 'node:timers/promises';
import type * as z from 'zod';
import { CommandError } from './command-error.ts';
import type { GatewayAddress, GatewayLocator } from './gateway-locator.ts';
import { problemSchema, uploadSchema, type Video, videoSchema } from './wire.ts';

/** The calls of the public API that the command makes. */
export interface GatewayClient {
  /** Safe to repeat with the same key: it never makes a second task. */
  createVideo(order: object, idempotencyKey: string): Promise<Polled>;
  getVideo(id: string): Promise<Polled>;
  /** Stores a file for use in an order; returns its id. */
  upload(bytes: Uint8Array): Promise<string>;
  /** Hands the content of a finished video to `save`, anew when the connection broke meanwhile. */
  download(id: string, save: (content: Response) => Promise<void>): Promise<void>;
}

/** A video, and when it is worth asking again. */
export interface Polled {
  readonly video: Video;
  readonly pollAfterMs: number;
}

const maxTries = 5;
const retryDelayMs = 500;

export function createGatewayClient(gateway: GatewayLocator): GatewayClient {
  return {
    async createVideo(order, idempotencyKey) {
      const headers = { 'idempotency-key': idempotencyKey };
      const init = { method: 'POST', headers, body: JSON.stringify(order) };
      return persist(gateway, async (address) => readPolled(await call(address, '/v1/videos', init)));
    },
    async getVideo(id) {
      const path = `/v1/videos/${encodeURIComponent(id)}`;
      return persist(gateway, async (address) => readPolled(await call(address, path)));
    },
    upload: (bytes) => persist(gateway, (address) => upload(address, bytes)),
    async download(id, save) {
      const path = `/v1/videos/${encodeURIComponent(id)}/content`;
      await persist(gateway, async (address) => save(await call(address, path)));
    },
  };
}

async function upload(address: GatewayAddress, bytes: Uint8Array): Promise<string> {
  const body = JSON.stringify({ bytes: bytes.length });
  const created = await call(address, '/v1/uploads', { method: 'POST', body });
  const { id, url, method, headers } = await readAnswer(created, uploadSchema);
  const stored = await fetch(url, { method, headers, body: bytes });
  if (!stored.ok) throw toFault(stored, `The upload was refused with status ${stored.status}`);
  return id;
}

async function call({ url, apiKey }: GatewayAddress, path: string, init: RequestInit = {}) {
  const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json', ...init.headers };
  const response = await fetch(`${url}${path}`, { ...init, headers });
  if (!response.ok) throw toFault(response, await describeRefusal(response));
  return response;
}

/** What may pass is a plain error, what will not is a CommandError. */
function toFault({ status }: Response, message: string): Error {
  return status >= 500 ? new Error(message) : new CommandError(message);
}

/** A gateway that is being restarted is away for seconds; the video goes on being made. */
async function persist<Answer>(
  gateway: GatewayLocator,
  attempt: (address: GatewayAddress) => Promise<Answer>,
): Promise<Answer> {
  for (let tries = 1; ; tries += 1) {
    const address = await gateway.locate();
    try {
      return await attempt(address);
    } catch (cause) {
      if (cause instanceof CommandError) throw cause;
      if (tries === maxTries) throw new CommandError(describeFault(cause, address), { cause });
      if (isAway(cause)) gateway.forget();
    }
    await sleep(retryDelayMs * 2 ** tries);
  }
}

/** How fetch reports that nobody answers, or that an answer broke off. */
function isAway(fault: unknown): boolean {
  return fault instanceof TypeError;
}

function describeFault(fault: unknown, { url }: GatewayAddress): string {
  if (isAway(fault)) return `${new URL(url).origin} does not answer`;
  return fault instanceof Error ? fault.message : String(fault);
}

async function readPolled(response: Response): Promise<Polled> {
  const pollAfterMs = Number(response.headers.get('openai-poll-after-ms') ?? 1000);
  return { video: await readAnswer(response, videoSchema), pollAfterMs };
}

/** Throws a CommandError when it is something else: asking again would not change that. */
async function readAnswer<Answer>(response: Response, schema: z.ZodType<Answer>): Promise<Answer> {
  const text = await response.text();
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw new CommandError(`${response.url} does not answer like a Conch gateway`, { cause });
  }
}

async function describeRefusal(response: Response): Promise<string> {
  const problem = problemSchema.safeParse(await response.json().catch(() => undefined));
  if (!problem.success) return `The gateway answered with status ${response.status}`;
  const { detail, errors } = problem.data;
  return errors.length < 2 ? detail : errors.map(({ message }) => message).join('\n');
}
