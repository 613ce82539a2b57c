import { expect, it } from 'vitest';
import { sha256 } from '../../../shared/ids.ts';
import { hashOrder, hashRemix, hashRetry } from '../../../shared/ordering/hash-order.ts';
import { parseOrder } from '../../../shared/ordering/parse-order.ts';

const hash = (body: object) => hashOrder(parseOrder(body).draft);
const png = Buffer.from('png');
const dataUri = `data:image/png;base64,${png.toString('base64')}`;

it.each([
  ['the order of fields', { model: 'a', prompt: 'b' }, { prompt: 'b', model: 'a' }],
  ['text or number', { seconds: 6 }, { seconds: '6' }],
  ['a list or a text of providers', { provider: 'a, b' }, { provider: ['a', 'b'] }],
  ['the order of metadata', { metadata: { a: '1', b: '2' } }, { metadata: { b: '2', a: '1' } }],
  ['a file or a data: URI', { first_frame_image: png }, { input_reference: dataUri }],
])('%s makes no difference', (_, one, other) => {
  expect(hash(one)).toBe(hash(other));
});

it.each([
  ['a value', { prompt: 'a' }, { prompt: 'b' }],
  ['presence', {}, { seed: 0 }],
  ['the content of an image', { first_frame_image: png }, { first_frame_image: Buffer.from('other') }],
  ['a source video', { source_video: 'https://a.test/b.mp4' }, {}],
  [
    'the address of a source video',
    { source_video: 'https://a.test/b.mp4' },
    { source_video: 'https://a.test/c.mp4' },
  ],
  ['a policy', { provider: 'value' }, {}],
  ['the order of providers', { provider: 'a,b' }, { provider: 'b,a' }],
  ['the role of an image', { first_frame_image: png }, { subject_image: png }],
])('%s makes a difference', (_, one, other) => {
  expect(hash(one)).not.toBe(hash(other));
});

/** As the first version hashed: an order may be repeated across an update. */
it('keeps the hash of an order for one provider from before there were lists', () => {
  const order = { model: 'a', prompt: 'b', provider: 'piapi', maxCostMicroUsd: 500_000, metadata: [] };
  const before = sha256(JSON.stringify([order, null, null, null]));

  expect(hash({ model: 'a', prompt: 'b', provider: 'PiAPI', max_cost_usd: 0.5 })).toBe(before);
});

it('tells retries and remixes from each other, by their source, prompt and webhook, and from plain orders', () => {
  const webhook = { url: 'https://hooks.example.com/' };
  const hashes = [
    hashRetry('a'),
    hashRetry('b'),
    hashRemix('a', 'b'),
    hashRemix('a', 'c'),
    hashRemix('b', 'b'),
    hashRetry('a', webhook),
    hashRetry('a', { url: 'https://other.example.com/' }),
    hashRemix('a', 'b', webhook),
    hash({ prompt: 'b' }),
  ];

  expect(new Set(hashes).size).toBe(hashes.length);
});

it('keeps the hashes of a retry and a remix from before they had webhooks', () => {
  expect(hashRetry('a')).toBe(sha256(JSON.stringify(['retry', 'a'])));
  expect(hashRemix('a', 'b')).toBe(sha256(JSON.stringify(['remix', 'a', 'b'])));
});
