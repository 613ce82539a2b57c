import { describe, expect, it } from 'vitest';
import { csvAnswer, prefersCsv } from '../../../shared/http/csv.ts';

describe('csvAnswer', () => {
  it.each([
    ['plain text', 'a', 'a'],
    ['nothing', null, ''],
    ['an empty text', '', '""'],
    ['a number', 12, '12'],
    ['a negative number', -12, '-12'],
    ['a comma', 'a,b', '"a,b"'],
    ['quotes', 'a "b"', '"a ""b"""'],
    ['a line break', 'a\nb', '"a\nb"'],
    ['a carriage return', 'a\rb', '"a\rb"'],
    ['a blank at the end', 'a ', '"a "'],
    ['a formula', '=1+1', "'=1+1"],
    ['a formula with quotes', '=HYPERLINK("x")', '"\'=HYPERLINK(""x"")"'],
    ['a sum', '+1', "'+1"],
    ['a difference', '-1', "'-1"],
    ['a reference', '@A1', "'@A1"],
    ['a formula behind a blank', ' =1', "' =1"],
    ['a tab', '\t=1', "'\t=1"],
    ['a wide equals sign', '＝1', "'＝1"],
    ['a sign inside', 'a=1', 'a=1'],
  ])('writes %s so that it is read back and never calculated', (_, value, cell) => {
    expect(csvAnswer([[value, 'x']]).body).toBe(`${cell},x\r\n`);
  });

  it('is text/csv', () => {
    expect(csvAnswer([]).headers).toMatchObject({ 'content-type': 'text/csv; charset=utf-8' });
  });
});

describe('prefersCsv', () => {
  it.each([
    ['text/csv', true],
    ['Text/CSV; charset=utf-8', true],
    ['text/csv, */*;q=0.1', true],
    ['application/json;q=0.5, text/csv', true],
    ['text/csv;q=0.5, application/json', false],
    ['text/csv, application/json', false],
    ['text/csv;q=0', false],
    ['application/json', false],
    ['text/*', false],
    ['*/*', false],
    ['', false],
  ])('of %j is %s', (accept, expected) => {
    expect(prefersCsv({ accept })).toBe(expected);
  });

  it('is false where nothing is said', () => {
    expect(prefersCsv({})).toBe(false);
  });
});
