import { describe, expect, it } from 'vitest';
import { quoted, shorten } from '../../../shared/domain/shown-text.ts';

describe('shorten', () => {
  it.each([
    ['keeps a text of the most characters', 'abc', 'abc'],
    ['cuts a longer text and marks the cut', 'abcd', 'abc…'],
    ['drops a character that the cut would split', 'ab🌊', 'ab…'],
    ['keeps a character that ends at the cut', 'a🌊d', 'a🌊…'],
    ['replaces half a surrogate pair', 'a\ud800', 'a\ufffd'],
    ['replaces half a surrogate pair before the cut', '\udc00abcd', '\ufffdab…'],
    ['keeps an empty text', '', ''],
  ])('%s', (_, text, shown) => {
    expect(shorten(text, 3)).toBe(shown);
  });
});

describe('quoted', () => {
  it('puts a text in quotes, at most 100 characters of it', () => {
    expect(quoted('a"b')).toBe('"a\\"b"');
    expect(quoted('m'.repeat(5_000_000))).toBe(`"${'m'.repeat(100)}…"`);
  });
});
