import * as fc from 'fast-check';
import * as z from 'zod';
import type { ApiCall } from '../../support/http-events.ts';
import { valuesOf } from './fuzz-values.ts';

type Path = readonly (string | number)[];

/** One change of a JSON value, somewhere in it. */
interface Mutation {
  /** Which of its places, counted modulo their number. */
  readonly place: number;
  readonly kind: 'replace' | 'remove' | 'wrap' | 'add';
  readonly junk: unknown;
}

const texts = [
  '',
  ' ',
  '6',
  '10',
  'true',
  'x'.repeat(1501),
  'x'.repeat(500_000),
  `https://a.example/${'x'.repeat(500_000)}`,
  '😀'.repeat(2001),
  '\ud83d',
  '\u0000',
  '__proto__',
  'https://10.0.0.1/a.png',
  'https://a.invalid:99999/',
  'http://[::1]/a.png',
  'data:image/png;base64,AAAA',
  's3://media/videos/a.mp4',
  'video_0de0b6b3a7640000',
  '1896852590888419329',
];
const others = [null, true, false, 0, -1, 6, 8, 10, 0.5, 768, 1e21, Number.MAX_SAFE_INTEGER, [], {}];

const junk: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(...texts, ...others),
  fc.string({ unit: 'binary' }),
  fc.jsonValue({ maxDepth: 2 }),
);

const mutation: fc.Arbitrary<Mutation> = fc.record({
  place: fc.nat(50),
  kind: fc.constantFrom('replace', 'replace', 'remove', 'wrap', 'add'),
  junk,
});

/**
 * An example of the dialect, a body by its schema, or an example with fields by the schema, with up to three mutations;
 * sometimes no JSON at all.
 */
function bodyOf({ examples, schema, words }: FuzzedRoute): fc.Arbitrary<string | undefined> {
  const example = fc.constantFrom(...examples);
  const ofSchema = valuesOf(schema, words);
  const blended = fc.tuple(example, ofSchema).map(([one, other]) => blend(one, other));
  const mutated = fc
    .tuple(fc.oneof(example, ofSchema, blended, blended), fc.array(mutation, { maxLength: 3 }))
    .map(([body, mutations]) => JSON.stringify(mutations.reduce(mutate, body)));
  return fc.oneof(
    { weight: 12, arbitrary: mutated },
    { weight: 1, arbitrary: fc.constantFrom(undefined, '', '{', 'prompt=x', '[]', 'null', '\ufeff{}') },
    { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
  );
}

/** The fields of both; of a field that both have, the other's. */
function blend(one: unknown, other: unknown): unknown {
  if (!isObject(one) || !isObject(other)) return other;
  const blended = Object.entries(other).map(([name, value]) => [name, blend(one[name], value)]);
  return { ...one, ...Object.fromEntries(blended) };
}

function mutate(value: unknown, { place, kind, junk: given }: Mutation): unknown {
  const places = placesIn(value);
  const path = places[place % places.length] ?? [];
  return changeAt(value, path, (old) => {
    if (kind === 'wrap') return [old];
    if (kind === 'remove') return undefined;
    return kind === 'add' && isObject(old) ? { ...old, [`${given}`.slice(0, 20)]: given } : given;
  });
}

const objectSchema = z.record(z.string(), z.unknown());
function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return !Array.isArray(value) && objectSchema.safeParse(value).success;
}

function placesIn(value: unknown, path: Path = []): Path[] {
  const inner = isObject(value) || Array.isArray(value) ? Object.entries(value) : [];
  return [path, ...inner.flatMap(([key, child]) => placesIn(child, [...path, key]))];
}

function changeAt(value: unknown, [key, ...rest]: Path, change: (old: unknown) => unknown): unknown {
  if (key === undefined) return change(value);
  const within = (child: unknown, name: string) =>
    name === `${key}` ? changeAt(child, rest, change) : child;
  if (Array.isArray(value)) return value.map((child, index) => within(child, `${index}`));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, child]) => [name, within(child, name)]));
}

/** Text that a header of HTTP may have, and that fetch would not refuse. */
const headerText = fc.string({ unit: fc.constantFrom(...'aB0 ,;=/*{"é') });

/** Headers that say something about an order, mostly none. */
const headers = fc.option(
  fc.oneof(
    fc.record({ 'content-type': fc.oneof(headerText, fc.constant('multipart/form-data; boundary=x')) }),
    fc.record({ 'x-conch-provider': fc.oneof(headerText, fc.constantFrom('auto', 'minimax', 'kie,piapi')) }),
    fc.record({ 'idempotency-key': fc.oneof(headerText, fc.constant('the-same')) }),
    fc.record({ 'x-stainless-retry-count': headerText }),
  ),
  { nil: {}, freq: 3 },
);

export interface FuzzedRoute {
  readonly method: string;
  /** With variables in braces. */
  readonly path: string;
  /** What the first variable of the path is mostly; empty where it is an id, or there is none. */
  readonly segments: readonly string[];
  /** What the variables of the path and of the query may be, beside junk. */
  readonly values: readonly string[];
  /** Bodies as they are allowed, to begin from. */
  readonly examples: readonly unknown[];
  /** Of the body, as the gateway publishes it; undefined where there is none. */
  readonly schema: unknown;
  /** Texts that a body may well have. */
  readonly words: readonly string[];
  /** Of a GET; without it, one id under each name that a dialect has for it. */
  readonly query?: fc.Arbitrary<string>;
}

/** A path with its first variable as the first of `values`, as in a table of examples. */
export function fillPath(path: string, [segment = '', ...ids]: readonly string[]): string {
  const id = ids.at(-1) ?? segment;
  return path.replace(/\{(endpointPath|model)\}/, encode(segment)).replaceAll(/\{\w+\}/g, encode(id));
}

function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

const idNames = ['taskId', 'task_id', 'fileId', 'file_id'];

/** Requests to a route: some as the dialect has them, most a little wrong, some entirely. */
export function requestTo(route: FuzzedRoute): fc.Arbitrary<ApiCall> {
  const { method, path, segments, values, query } = route;
  const value = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...values) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', minLength: 1 }) },
  );
  const known = segments.map((segment) => ({ weight: 3, arbitrary: fc.constant(segment) }));
  return fc
    .record({
      segment: fc.oneof(...known, value),
      id: value,
      headers,
      given: query ?? fc.constant(undefined),
      body: method === 'POST' ? bodyOf(route) : fc.constant(undefined),
    })
    .map(({ segment, id, headers: named, given, body }) => {
      const asked = given ?? idNames.map((name) => `${name}=${encode(id)}`).join('&');
      const filled = `${fillPath(path, [segment, id])}${method === 'GET' ? `?${asked}` : ''}`;
      return { method, path: filled, headers: named, ...(body !== undefined && { body }) };
    });
}

interface Parameter {
  readonly name: string;
  readonly schema: unknown;
}

/** Queries of a few parameters: with many at once, nearly each has one that is wrong. */
export function queryOf(parameters: readonly Parameter[], words: readonly string[]): fc.Arbitrary<string> {
  const pairs = parameters.map(({ name, schema }) => {
    const allowed = { weight: 4, arbitrary: valuesOf(schema, words) };
    const value = fc.oneof(allowed, { weight: 1, arbitrary: fc.string({ unit: 'binary' }) });
    return value.map((given) => toPairs(name, given));
  });
  return fc
    .subarray(pairs, { minLength: Math.min(pairs.length, 1), maxLength: Math.min(pairs.length, 3) })
    .chain((chosen) => fc.tuple(...chosen))
    .map((given) => given.flat().join('&'));
}

/** An object stands in a query as `name[key]=value`. */
function toPairs(name: string, value: unknown): string[] {
  if (!isObject(value)) return [`${encode(name)}=${encode(`${value}`)}`];
  return Object.entries(value).map(([key, inner]) => `${encode(`${name}[${key}]`)}=${encode(`${inner}`)}`);
}
