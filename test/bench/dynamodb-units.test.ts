import { describe, expect, it } from 'vitest';
import { indexWriteUnits, itemBytes, readUnits, writeUnits } from './dynamodb-units.ts';

const ofBytes = (bytes: number) => ({ a: { S: 'x'.repeat(bytes - 1) } });

describe('itemBytes', () => {
  it.each([
    ['a text by its UTF-8 bytes', { pk: { S: '海螺' } }, 2 + 6],
    ['a number by pairs of significant digits', { n: { N: '12345' } }, 1 + 4],
    ['a number without its outer zeros', { n: { N: '200000' } }, 1 + 2],
    ['the sign of a number', { n: { N: '-1.5' } }, 1 + 3],
    ['a flag', { b: { BOOL: false } }, 1 + 1],
    ['a list with its overhead', { l: { L: [{ S: 'a' }, { S: 'bc' }] } }, 1 + 3 + 2 + 3],
    ['a map with its overhead and names', { m: { M: { xy: { S: 'a' } } } }, 1 + 3 + 1 + 3],
  ])('counts %s', (_, item, bytes) => {
    expect(itemBytes(item)).toBe(bytes);
  });
});

describe('writeUnits', () => {
  it.each([
    ['1 for nothing at all', undefined, undefined, 1],
    ['1 up to 1 KB', undefined, ofBytes(1024), 1],
    ['2 above 1 KB', undefined, ofBytes(1025), 2],
    ['the larger size, also when the item shrinks', ofBytes(3000), ofBytes(10), 3],
  ])('is %s', (_, before, after, units) => {
    expect(writeUnits(before, after)).toBe(units);
  });
});

describe('indexWriteUnits', () => {
  const index = { keys: ['at'], projected: ['pk', 'at'] };
  const entry = (at: string, other = '') => ({ pk: { S: 'p' }, at: { S: at }, other: { S: other } });
  const absent = { pk: { S: 'p' } };

  it.each([
    ['0 for an item that is in the index neither before nor after', absent, absent, 0],
    ['1 for a new entry', undefined, entry('1'), 1],
    ['1 for an entry that goes', entry('1'), absent, 1],
    ['2 for an entry whose key changes', entry('1'), entry('2'), 2],
    ['0 when only what is not projected changes', entry('1', 'a'), entry('1', 'b'), 0],
  ])('is %s', (_, before, after, units) => {
    expect(indexWriteUnits(index, before, after)).toBe(units);
  });
});

describe('readUnits', () => {
  it.each([
    ['a half for a missing item, eventually consistent', [], false, 0.5],
    ['1 for a missing item, strongly consistent', [], true, 1],
    ['of the sum of all items', [ofBytes(3000), ofBytes(3000)], true, 2],
  ])('is %s', (_, items, isConsistent, units) => {
    expect(readUnits(items, isConsistent)).toBe(units);
  });
});
