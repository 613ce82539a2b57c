import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { newShortId } from '../../../shared/ids.ts';
import { type Door, dialectOf } from '../../../shared/providers/door.ts';
import { loadDoors } from '../../../shared/providers/doors.ts';
import { contractDocument } from '../../support/contract/find-operation.ts';
import { type ApiCall, encodeForm } from '../../support/http-events.ts';
import { listFixtures, readFixture } from '../../support/read-fixture.ts';
import { type ServedApi, startApi } from '../../support/served-api.ts';
import { storeTask } from '../../support/stored-tasks.ts';
import { partsOf, toForm } from './fuzz-forms.ts';
import { type FuzzedRoute, fillPath, queryOf, requestTo } from './fuzz-requests.ts';
import { fieldNamesOf } from './fuzz-values.ts';
import { ownOperations, placeThings } from './own-operations.ts';

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
    segments: ['hailuo-2-3', 'hailuo-2-3-fast', 'hailuo-02'],
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

/** As many on any machine, and the same ones. */
const runs = { seed: 20_261_121, numRuns: 120 };

/** Of the body of a route, as the document has it. */
function schemaOf(method: string, path: string): unknown {
  const { requestBody } = contractDocument.paths[path]?.[method.toLowerCase()] ?? {};
  const { schema } = requestBody?.content['application/json'] ?? {};
  const { $ref = '' } = z.looseObject({ $ref: z.string().optional() }).parse(schema ?? {});
  return contractDocument.components.schemas[$ref.replace('#/components/schemas/', '')] ?? schema;
}

/** Those of the fields that no body had that was noted. */
function trackFields(schemas: readonly unknown[]) {
  const missing = new Set(schemas.flatMap((schema) => fieldNamesOf(schema ?? {})));
  const note = ({ body = '' }: ApiCall) => {
    for (const [, name = ''] of `${body}`.matchAll(/"(\w+)":/g)) missing.delete(name);
  };
  return { missing, note };
}

/** Texts that orders have in one dialect or another. */
function wordsOf(): readonly string[] {
  const media = ['600x400.png', '60x40.png', 'film.mp4', 'nothing'].map((name) => `${api.webUrl}/${name}`);
  const choices = ['auto', 'value', 'minimax', 'hailuo-02', 'hailuo-01', 'T2V-01', '768P', '1080P', '512P'];
  const shapes = ['16:9', '9:16', '1366x768', '1280x720', '6', '10', '4', '0.50', '1e3'];
  const ids = [`video_${taskId}`, 'file_331ac6c1e3d7ead4', 's3://media/videos/a.mp4'];
  const others = ['', ' ', 'A lighthouse at dusk [Push in]', 'https://hooks.example.com/done', 'nowhere'];
  return [...media, ...choices, ...shapes, ...ids, ...others];
}

function requestsTo({ routes }: Door, fuzzed: Pick<FuzzedRoute, 'segments' | 'values' | 'examples'>) {
  const requests = routes.map(({ method, path, kind }) => ({
    weight: kind === 'order' ? 6 : 1,
    arbitrary: requestTo({ ...fuzzed, method, path, schema: schemaOf(method, path), words: wordsOf() }),
  }));
  return fc.oneof(...requests);
}

describe('a door', () => {
  it.each(doors.map((door) => [dialectOf(door), door] as const))(
    'of %s answers whatever it is sent in its own words, and never with a 5xx',
    async (dialect, door) => {
      const { provider, ids, routes } = door;
      const { examples, segments, refusal } = spoken[dialect] ?? {
        examples: [],
        segments: [],
        refusal: z.never(),
      };
      const values = [...segments, ids.toText(taskId), `video_${taskId}`];
      const bodies = examples.map(readExample);
      expect(bodies.length).toBeGreaterThan(0);
      const authorization = `Bearer ${keys.get(provider)}`;
      const plain = routes.flatMap(({ method, path, kind }) =>
        bodies.map((json) => ({ method, path: fillPath(path, values), ...(kind === 'order' && { json }) })),
      );
      const answers = await Promise.all(
        plain.map((call) => api.call({ ...call, headers: { authorization } })),
      );
      expect(answers.map(({ status }) => status)).toContain(200);

      const { missing, note } = trackFields(routes.map(({ method, path }) => schemaOf(method, path)));
      const request = requestsTo(door, { segments, values, examples: bodies });
      await fc.assert(
        fc.asyncProperty(request, async ({ headers, ...call }) => {
          note(call);
          const { status, body } = await api.call({ ...call, headers: { authorization, ...headers } });
          expect(status).toBeLessThan(500);
          if (status !== 200)
            expect(refusal.safeParse(body), JSON.stringify(body)).toMatchObject({ success: true });
        }),
        runs,
      );
      expect([...missing]).toEqual([]);
    },
  );
});

describe('a create of our own', () => {
  it('is never answered with a 5xx, and always as the contract has it', async () => {
    const [method, path] = ['POST', '/v1/videos'];
    const prompt = 'A lighthouse at dusk';
    const image = `${api.webUrl}/600x400.png`;
    const examples = [
      { prompt, model: 'hailuo-02', seconds: 6, metadata: { shot: '7' } },
      { prompt, first_frame_image: image, provider: ['piapi', 'minimax'], max_cost_usd: '0.50' },
      { operation: 'extend', source_video: `${api.webUrl}/film.mp4`, extend_seconds: 4 },
      { prompt, webhook: { url: 'https://hooks.example.com/done', events: ['video.failed'] } },
    ];
    const plain = await Promise.all(examples.map((json) => api.call({ method, path, json })));
    expect(plain.map(({ status }) => status)).toEqual(examples.map(() => 200));
    const schema = schemaOf(method, path);
    const fuzzed = { method, path, segments: [], values: [path], examples, schema, words: wordsOf() };

    const { missing, note } = trackFields([schema]);
    await fc.assert(
      fc.asyncProperty(requestTo(fuzzed), async ({ headers, ...call }) => {
        note(call);
        const json = { 'content-type': 'application/json' };
        expect((await api.call({ ...call, headers: { ...json, ...headers } })).status).toBeLessThan(500);
      }),
      // Its body has most fields of all.
      { ...runs, numRuns: 250 },
    );
    expect([...missing]).toEqual([]);
  });
});

/** An account with things of its own that `path` may be about, and what sends requests with its key. */
async function openAccount(path: string) {
  const account = newShortId();
  const { text: key } = await api.tables.accounts.createKey(account, new Date());
  const ids = await placeThings(api.tables, { account, path });
  const send = ({ headers, ...call }: ApiCall) =>
    api.call({ ...call, headers: { authorization: `Bearer ${key}`, ...headers } });
  return { ids, send };
}

const absentId = 'video_0de0b6b3a7640000';
const times = ['2026-03-01', '2026-04-01', '2026-03-02T08:00:00Z', '1772445600'];

describe('an operation of our own', () => {
  it.each(ownOperations)(
    '%s %s is never answered with a 5xx, and always as the contract has it',
    async (method, path) => {
      const { ids, send } = await openAccount(path);
      const { parameters = [], requestBody } = contractDocument.paths[path]?.[method.toLowerCase()] ?? {};
      const { example = {} } = requestBody?.content['application/json'] ?? {};
      const [id = ''] = ids;
      const json = requestBody === undefined ? {} : { json: example };
      const known = await send({ method, path: fillPath(path, [id]), ...json });
      const absent = await send({ method, path: fillPath(path, [absentId]), ...json });
      expect(known.status).toBeLessThan(400);
      expect(absent.status === 404).toBe(path.includes('{id}'));

      const asked = parameters.filter((parameter) => parameter.in === 'query');
      const words = [...wordsOf(), ...times, ...ids];
      const nothing = { type: 'object', properties: {} };
      const schema = requestBody === undefined ? nothing : schemaOf(method, path);
      const values = [...ids, absentId];
      const fuzzed = { method, path, segments: [], values, examples: [example], schema, words };
      const type = requestBody === undefined ? {} : { 'content-type': 'application/json' };
      await fc.assert(
        fc.asyncProperty(
          requestTo({ ...fuzzed, query: queryOf(asked, words) }),
          async ({ headers, ...call }) => {
            expect((await send({ ...call, headers: { ...type, ...headers } })).status).toBeLessThan(500);
          },
        ),
        { ...runs, numRuns: 11 + 3 * asked.length },
      );
    },
  );

  it.each(['/v1/videos', '/v1/videos/{id}/remix'])(
    'POST %s as a form is never answered with a 5xx, and always as the contract has it',
    async (path) => {
      const { ids, send } = await openAccount(path);
      const { requestBody } = contractDocument.paths[path]?.['post'] ?? {};
      const { schema } = requestBody?.content['multipart/form-data'] ?? {};
      const statuses = new Set<number>();
      await fc.assert(
        fc.asyncProperty(partsOf({ schema, words: wordsOf() }), async (parts) => {
          const call = { method: 'POST', path: fillPath(path, ids), ...(await encodeForm(toForm(parts))) };
          const { status } = await send(call);
          expect(status).toBeLessThan(500);
          statuses.add(status);
        }),
        { ...runs, numRuns: 40 },
      );
      expect([...statuses]).toEqual(expect.arrayContaining([200, 422]));
    },
  );
});
