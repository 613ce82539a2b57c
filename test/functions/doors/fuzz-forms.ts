import * as fc from 'fast-check';
import { createPng } from '../../support/images.ts';
import { fieldNamesOf } from './fuzz-values.ts';

/** What may stand behind the name of a field, as clients write lists and objects, or nearly so. */
const brackets = [
  ...['[]', '[a]', '[url]', '[events]', '[events][]', '[image_url]', '[image_url][url]', '[file_id]'],
  ...['[__proto__]', '[a][b][c]', '[][]', '[', ']', '][', '.a'],
];

const texts = [
  ...[
    '{',
    '[',
    '{}',
    '[]',
    '["a","a"]',
    '{"a":{"b":1}}',
    '{"__proto__":1}',
    'null',
    'true',
    'false',
    '-1',
    '1e999',
  ],
  ...['{"url":"https://hooks.example.com/done"}', '{"file_id":"file_331ac6c1e3d7ead4"}', 'x'.repeat(100_000)],
];

const file = fc
  .record({
    bytes: fc.oneof(fc.constant(createPng({ width: 600, height: 400 })), fc.uint8Array({ maxLength: 20 })),
    name: fc.string({ unit: 'binary' }),
    type: fc.constantFrom('', 'image/png', 'video/mp4', 'text/plain', 'multipart/form-data; boundary=x'),
  })
  .map(({ bytes, name, type }) => new File([new Uint8Array(bytes)], name.toWellFormed(), { type }));

interface FuzzedForm {
  /** Of the form, as the gateway publishes it. */
  readonly schema: unknown;
  /** Texts that a field may well have. */
  readonly words: readonly string[];
}

type FormPart = readonly [name: string, content: string | File];

/** Parts of forms, some of which belong together; half of them have the prompt that is mostly required. */
export function partsOf({ schema, words }: FuzzedForm): fc.Arbitrary<readonly FormPart[]> {
  const field = fc.constantFrom(...fieldNamesOf(schema));
  const bracketed = fc.tuple(field, fc.constantFrom(...brackets)).map((parts) => parts.join(''));
  const name = fc.oneof(
    { weight: 3, arbitrary: field },
    { weight: 3, arbitrary: bracketed },
    { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
  );
  const content = fc.oneof(fc.constantFrom(...words, ...texts), fc.string({ unit: 'binary' }), file);
  const prompt: FormPart = ['prompt', 'A lighthouse at dusk'];
  return fc
    .tuple(fc.boolean(), fc.array(fc.tuple(name, content), { maxLength: 3 }))
    .map(([isPrompted, parts]) => (isPrompted ? [prompt, ...parts] : parts));
}

export function toForm(parts: readonly FormPart[]): FormData {
  const form = new FormData();
  for (const [name, content] of parts) form.append(name, content);
  return form;
}
