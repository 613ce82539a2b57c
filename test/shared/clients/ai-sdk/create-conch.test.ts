import { APICallError } from '@ai-sdk/provider';
import { experimental_generateVideo as generateVideo } from 'ai';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createConch } from '../../../../shared/clients/ai-sdk/create-conch.ts';
import type { Task } from '../../../../shared/domain/task.ts';
import { fromVideoId, toVideoId } from '../../../../shared/ids.ts';
import { settleTask } from '../../../../shared/ledger/settle.ts';
import { createApiFetch } from '../../../support/api-fetch.ts';
import { completeTask, film } from '../../../support/completed-task.ts';
import { createPng } from '../../../support/images.ts';
import { type ServedApi, startApi } from '../../../support/served-api.ts';

type Fetch = typeof globalThis.fetch;
type Fate = (task: Task) => Promise<unknown>;

let api: ServedApi;
let reach: Fetch;
beforeAll(async () => {
  api = await startApi({ CONCH_PROVIDERS: 'piapi,minimax' });
  reach = createApiFetch(api.call);
  vi.stubGlobal('AI_SDK_LOG_WARNINGS', false);
});
afterAll(async () => {
  vi.unstubAllGlobals();
  await api.close();
});
beforeEach(() => {
  api.started.length = 0;
});

const prompt = 'A lighthouse at dusk';
const complete: Fate = (task) => completeTask(api.tables, task);
const fail: Fate = (task) => {
  const failure = { code: 'content_rejected', message: 'The prompt was refused', charged: 'no' } as const;
  return settleTask({ ...task, failure }, new Date(), api.tables.ledger);
};

/** Before the gateway is asked how a video stands, this becomes of it, unless it has ended. */
function meeting(fate: Fate, fetch: Fetch = reach): Fetch {
  return async (input, init) => {
    const id = /\/videos\/(\w+)\?wait=/.exec(`${input}`)?.[1];
    const task = id === undefined ? undefined : await api.tables.tasks.getTask(fromVideoId(id) ?? '');
    if (task?.state === 'accepted') await fate(task);
    return fetch(input, init);
  };
}

interface Customer {
  readonly fate?: Fate;
  readonly fetch?: Fetch;
  readonly model?: string;
}

/** A model of the provider on the gateway's own handler, with what it sent and how long it waited to repeat. */
function customer({ fate = complete, fetch = reach, model = 'hailuo-01' }: Customer = {}) {
  const requests: string[] = [];
  const delays: number[] = [];
  const meet = meeting(fate, fetch);
  const conch = createConch({
    baseURL: 'http://gateway.test/v1/',
    apiKey: api.keys.acme,
    fetch: (input, init) => {
      requests.push(`${init?.method} ${new URL(`${input}`).pathname}`);
      return meet(input, init);
    },
    delay: async (ms) => void delays.push(ms),
  });
  return { model: conch.video(model), requests, delays };
}

async function startedTask(index = 0): Promise<Task> {
  const started = api.started[index];
  const { taskId } = typeof started === 'object' && started !== null && 'taskId' in started ? started : {};
  const task = await api.tables.tasks.getTask(`${taskId}`);
  if (task === undefined) throw new Error('No task was started');
  return task;
}

const faultOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'no fault',
    (fault) => fault,
  );

describe('generateVideo of the AI SDK with this provider', () => {
  it('makes a video from text and hands out its bytes, with the task, the provider and the cost', async () => {
    const { model, requests } = customer();

    const { video, warnings, providerMetadata, responses } = await generateVideo({
      model,
      prompt,
      duration: 6,
      resolution: '1280x720',
      aspectRatio: '16:9',
      providerOptions: { conch: { provider: 'piapi', max_cost_usd: '0.50', metadata: { shot: '7' } } },
    });

    const task = await startedTask();
    const id = toVideoId(task.id);
    const made = { id, provider: 'piapi', url: `https://conch.test/v/${task.id}/${task.linkSecret}.mp4` };
    expect(Buffer.from(video.uint8Array).toString()).toBe(film);
    expect(video.mediaType).toBe('video/mp4');
    expect(providerMetadata).toEqual({
      conch: { ...made, cost: expect.anything(), videos: [{ ...made, cost: expect.anything() }] },
    });
    expect(providerMetadata).toMatchObject({ conch: { cost: { currency: 'USD', estimated: '0.20' } } });
    expect(responses).toMatchObject([
      { modelId: 'hailuo-01', headers: { 'content-type': 'application/json' } },
    ]);
    expect(requests).toEqual(['POST /v1/videos', `GET /v1/videos/${id}`, `GET /v1/videos/${id}/content`]);
    expect(warnings).toEqual([]);
  });

  it('makes a video from the bytes of an image, and warns of what the gateway cannot do', async () => {
    const image = createPng({ width: 400, height: 600 });

    const { warnings } = await generateVideo({ ...customer(), prompt: { image, text: prompt }, fps: 24 });

    expect(await startedTask()).toMatchObject({ operation: 'i2v' });
    expect(warnings).toEqual([expect.objectContaining({ type: 'unsupported', feature: 'fps' })]);
  });

  it('makes a video from its first and its last frame', async () => {
    const frameImages = [
      { image: api.imageUrl(640, 480), frameType: 'first_frame' as const },
      { image: createPng({ width: 640, height: 480 }), frameType: 'last_frame' as const },
    ];

    await generateVideo({ ...customer({ model: 'MiniMax-Hailuo-02' }), prompt, frameImages });

    expect(await startedTask()).toMatchObject({ operation: 'fl2v', model: 'hailuo-02' });
  });

  it("passes the gateway's warnings on", async () => {
    const { warnings } = await generateVideo({
      ...customer(),
      prompt: 'A lighthouse [Push in]',
      providerOptions: { conch: { provider: 'piapi' } },
    });

    expect(warnings).toEqual([
      { type: 'other', message: expect.stringMatching(/^camera_undocumented: No camera moves/) },
    ]);
  });

  it('buys two videos for n = 2', async () => {
    const { videos, providerMetadata } = await generateVideo({ ...customer(), prompt, n: 2 });

    expect(api.started).toHaveLength(2);
    expect(videos).toHaveLength(2);
    const ids = [toVideoId((await startedTask(0)).id), toVideoId((await startedTask(1)).id)];
    const made = {
      conch: { videos: expect.arrayContaining(ids.map((id) => expect.objectContaining({ id }))) },
    };
    expect(providerMetadata).toMatchObject(made);
  });

  it('hands out the one of two videos that was made, with a warning of the other', async () => {
    const fates = [fail, complete];
    const fate: Fate = async (task) => fates.shift()?.(task);

    const { videos, warnings } = await generateVideo({ ...customer({ fate }), prompt, n: 2 });

    expect(videos).toHaveLength(1);
    const message = expect.stringMatching(/failed with content_rejected: The prompt was refused$/);
    expect(warnings).toEqual([{ type: 'other', message }]);
  });
});

describe('a video that cannot be had', () => {
  it('is an error with code and message when it failed, which the SDK does not repeat', async () => {
    const fault = await faultOf(generateVideo({ ...customer({ fate: fail }), prompt }));

    const id = toVideoId((await startedTask()).id);
    expect(APICallError.isInstance(fault)).toBe(true);
    expect(fault).toMatchObject({
      message: `${id} failed with content_rejected: The prompt was refused`,
      isRetryable: false,
      data: { id, error: { code: 'content_rejected', message: 'The prompt was refused' } },
    });
    expect(api.started).toHaveLength(1);
  });

  it('is a 402 of the SDK when no budget has room for it', async () => {
    const now = new Date();
    await api.tables.accounts.createAccount('poor', now, { monthlyMicroUsd: 100_000 });
    const { text: apiKey } = await api.tables.accounts.createKey('poor', now);
    const model = createConch({ baseURL: 'http://gateway.test/v1', apiKey, fetch: reach }).video('hailuo-01');

    const fault = await faultOf(generateVideo({ model, prompt }));

    expect(APICallError.isInstance(fault)).toBe(true);
    expect(fault).toMatchObject({
      statusCode: 402,
      isRetryable: false,
      data: { error: { code: 'budget_exceeded' } },
      message: expect.stringMatching(/budget.* left$/),
    });
    expect(api.started).toEqual([]);
  });

  it('is a 422 that tells every field at fault, and is asked for once', async () => {
    const { model, requests } = customer();

    const fault = await faultOf(
      generateVideo({ model, prompt, duration: 7, seed: 1, providerOptions: { conch: { loop: true } } }),
    );

    expect(fault).toMatchObject({
      statusCode: 422,
      isRetryable: false,
      url: 'http://gateway.test/v1/videos',
    });
    const fields = ['loop', 'seconds', 'seed'].map((param) => expect.objectContaining({ param }));
    expect(fault).toMatchObject({ data: { errors: expect.arrayContaining(fields) } });
    expect(requests).toHaveLength(1);
  });

  it('is refused before anything is sent when the call contradicts itself', async () => {
    const { model, requests } = customer();
    const providerOptions = { conch: { seconds: 6 } };

    const fault = await faultOf(generateVideo({ model, prompt, duration: 10, providerOptions }));

    expect(fault).toMatchObject({ name: 'AI_InvalidArgumentError', argument: 'providerOptions.conch' });
    expect(requests).toEqual([]);
  });

  it('needs a URL to ask at', () => {
    expect(() => createConch({ baseURL: 'gateway', apiKey: 'k' })).toThrow(
      /baseURL must be a URL.*"gateway"/,
    );
  });
});

describe('an answer that does not come through', () => {
  const spoilt: Record<string, () => Response> = {
    'is lost': () => {
      throw new TypeError('the socket hung up');
    },
    'is a 500': () => new Response('{"message":"Internal Server Error"}', { status: 500 }),
    'is a page': () => new Response('<html>', { status: 200 }),
    'is torn': () =>
      new Response(new ReadableStream({ start: (it) => it.error(new TypeError('terminated')) })),
  };

  /** Its requests arrive; the first answer to each is spoilt. */
  function spoiling(spoil: () => Response): Fetch {
    const seen = new Set<string>();
    return async (input, init) => {
      const answer = await reach(input, init);
      const isFirst = !seen.has(`${input}`);
      seen.add(`${input}`);
      return isFirst ? spoil() : answer;
    };
  }

  it.each(Object.entries(spoilt))(
    'costs one second a request when it %s, and buys nothing',
    async (_, spoil) => {
      const { model, requests, delays } = customer({ fetch: spoiling(spoil) });

      const { video } = await generateVideo({ model, prompt });

      expect(Buffer.from(video.uint8Array).toString()).toBe(film);
      expect(api.started).toHaveLength(1);
      expect(requests).toHaveLength(6);
      expect(delays).toEqual([1000, 1000, 1000]);
    },
  );

  it('ends in an error whose key finds the video, after five requests that bought one', async () => {
    const silent: Fetch = async (input, init) => {
      await reach(input, init);
      throw new TypeError('the socket hung up');
    };
    const { model, requests, delays } = customer({ fetch: silent });

    const fault = await faultOf(generateVideo({ model, prompt }));

    expect(requests).toEqual(Array(5).fill('POST /v1/videos'));
    expect(delays).toEqual([1000, 2000, 4000, 8000]);
    expect(fault).toMatchObject({ isRetryable: false, cause: { message: 'the socket hung up' } });
    const key = /"Idempotency-Key: (.+)"/.exec(`${fault}`)?.[1] ?? '';
    await generateVideo({ ...customer(), prompt, headers: { 'Idempotency-Key': key } });
    expect(api.started).toHaveLength(1);
  });
});

it('tells of two videos that were not made the one that may have been bought', async () => {
  const fetch: Fetch = async (_, init) => {
    const isSecond = new Headers(init?.headers).get('idempotency-key')?.endsWith('-2');
    if (isSecond) throw new TypeError('the socket hung up');
    return new Response('{}', { status: 402 });
  };

  const fault = await faultOf(generateVideo({ ...customer({ fetch }), prompt, n: 2 }));

  expect(fault).toMatchObject({ message: expect.stringMatching(/the socket hung up\. .*Idempotency-Key/) });
});

describe('a call', () => {
  it('that is aborted stops waiting, and the video goes on', async () => {
    const controller = new AbortController();
    const fate: Fate = async () => controller.abort();
    const { model, requests } = customer({ fate });

    const fault = await faultOf(generateVideo({ model, prompt, abortSignal: controller.signal }));

    expect(fault).toMatchObject({ name: 'AbortError' });
    expect(requests).toHaveLength(2);
    expect(await startedTask()).toMatchObject({ state: 'accepted' });
  });

  it('that is aborted is aborted also when one of its videos was made', async () => {
    const controller = new AbortController();
    const downloaded = Promise.withResolvers<void>();
    const fetch: Fetch = async (input, init) => {
      if (!`${input}`.endsWith('/content')) return reach(input, init);
      setImmediate(downloaded.resolve);
      return new Response(film);
    };
    const abort: Fate = async () => {
      await downloaded.promise;
      controller.abort();
    };
    const fates = [complete, abort];
    const { model } = customer({ fetch, fate: async (task) => fates.shift()?.(task) });

    const fault = await faultOf(generateVideo({ model, prompt, n: 2, abortSignal: controller.signal }));

    expect(fault).toMatchObject({ name: 'AbortError' });
  });

  it('that is aborted before it begins orders nothing', async () => {
    const { model, requests } = customer();

    const fault = await faultOf(generateVideo({ model, prompt, abortSignal: AbortSignal.abort() }));

    expect(fault).toMatchObject({ name: 'AbortError' });
    expect(requests).toEqual([]);
  });

  it('that is made again under its own Idempotency-Key finds what it bought, and buys what is new', async () => {
    const headers = { 'idempotency-key': 'shot 7' };
    const once = await generateVideo({ ...customer(), prompt, headers });

    const again = await generateVideo({ ...customer(), prompt, headers, n: 2 });

    expect(api.started).toHaveLength(2);
    expect(again.providerMetadata).toMatchObject({ conch: { id: once.providerMetadata['conch']?.['id'] } });
    expect(again.videos).toHaveLength(2);
  });

  it('that is made again without one buys again', async () => {
    for (let calls = 0; calls < 2; calls += 1) await generateVideo({ ...customer(), prompt });

    expect(api.started).toHaveLength(2);
  });
});
