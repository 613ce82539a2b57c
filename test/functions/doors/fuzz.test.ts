import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { dialectOf } from '../../../shared/providers/door.ts';
import { loadDoors } from '../../../shared/providers/doors.ts';
import { listFixtures, readFixture } from '../../support/read-fixture.ts';
import { type ServedApi, startApi } from '../../support/served-api.ts';
import { storeTask } from '../../support/stored-tasks.ts';
import { fillPath, requestTo } from './fuzz-requests.ts';

let api: ServedApi;
let taskId: string;
const keys = new Map<string, string>();
beforeAll(async () => {
  api = await startApi();
  const result = { key: 'videos/a.mp4', bytes: 8, sha256: 'f'.repeat(64) };
  const expiresAt = '2999-01-01T00:00:00.000Z';
  taskId = (await storeTask(api.tables, { state: 'completed', result, expiresAt })).id;
  for (const { provider } of doors)
    keys.set(provider, (await api.tables.accounts.createKey('acme', new Date(), { door: provider })).text);
});
afterAll(() => api.close());

const doors = loadDoors({});

const text = z.string().min(1).max(2000);
const withNothing = (word: 'message' | 'msg') =>
  z.strictObject({ code: z.int().positive(), [word]: text, data: z.null() });
const ofTheHost = z.strictObject({ code: z.string().regex(/^\d{3}$/), message: text });

interface Spoken {
  /** The fixtures that are bodies of orders. */
  readonly examples: readonly string[];
  /** Beside ids, what may stand in a path. */
  readonly segments: readonly string[];
  readonly refusal: z.ZodType;
}

const spoken: Readonly<Record<string, Spoken>> = {
  piapi: { examples: listFixtures('piapi', 'create-'), segments: [], refusal: withNothing('message') },
  cloudsway: {
    examples: listFixtures('cloudsway', 'create-'),
    segments: ['t2v', 'i2v', 's2v', 't2v_director'],
    refusal: ofTheHost,
  },
  haiper: {
    examples: ['generate', 'upscale', 'extend'].map((action) => `haiper/${action}-document-example`),
    segments: ['haiper'],
    refusal: ofTheHost,
  },
  apixo: {
    examples: listFixtures('apixo', 'create-'),
    segments: ['hailuo-02', 'hailuo-2-3', 'hailuo-2.3'],
    refusal: withNothing('message'),
  },
  kie: { examples: listFixtures('kie', 'create-'), segments: [], refusal: withNothing('message') },
  apikley: { examples: listFixtures('apikley', 'create-'), segments: [], refusal: withNothing('msg') },
  'kie-market': {
    examples: listFixtures('kie-market', 'create-'),
    segments: [],
    refusal: withNothing('msg'),
  },
};

/** The example with its media where something is. */
function readExample(name: string): unknown {
  const media = name.includes('upscale') || name.includes('extend') ? 'film.mp4' : '600x400.png';
  return JSON.parse(
    readFixture(name).replaceAll(/https:\/\/(?!gw|your|hooks)[^"]+/g, `${api.webUrl}/${media}`),
  );
}

describe('a door', () => {
  it.each(doors.map((door) => [dialectOf(door), door] as const))(
    'of %s answers whatever it is sent in its own words, and never with a 5xx',
    async (dialect, { provider, ids, routes }) => {
      const { examples, segments, refusal } = spoken[dialect] ?? {
        examples: [],
        segments: [],
        refusal: z.never(),
      };
      const values = [...segments, ids.toText(taskId), `video_${taskId}`];
      const bodies = examples.map(readExample);
      expect(bodies.length).toBeGreaterThan(0);
      const request = fc.oneof(
        ...routes.map(({ method, path, kind }) => ({
          weight: kind === 'order' ? 6 : 1,
          arbitrary: requestTo({ method, path, values, examples: bodies }),
        })),
      );
      const authorization = `Bearer ${keys.get(provider)}`;
      const plain = routes.flatMap(({ method, path, kind }) =>
        bodies.map((json) => ({ method, path: fillPath(path, values), ...(kind === 'order' && { json }) })),
      );
      const answers = await Promise.all(
        plain.map((call) => api.call({ ...call, headers: { authorization } })),
      );
      expect(answers.map(({ status }) => status)).toContain(200);

      await fc.assert(
        fc.asyncProperty(request, async ({ headers, ...call }) => {
          const { status, body } = await api.call({ ...call, headers: { authorization, ...headers } });
          expect(status).toBeLessThan(500);
          if (status !== 200)
            expect(refusal.safeParse(body), JSON.stringify(body)).toMatchObject({ success: true });
        }),
        // A slow machine looks at fewer: the whole takes 15 seconds at most.
        { seed: 20_261_121, numRuns: 100, interruptAfterTimeLimit: 1500 },
      );
    },
  );
});
