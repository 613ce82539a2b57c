import { describe, expect, it } from 'vitest';
import { describeKeyUse, readKeyUse } from '../../../../shared/clients/cli/key-use.ts';

describe('readKeyUse', () => {
  it.each([
    [{}, {}],
    [{ door: 'kie' }, { door: 'kie' }],
    [{ provider: 'auto' }, { providerChoice: 'auto' }],
    [{ provider: 'official' }, { providerChoice: 'official' }],
    [{ provider: 'kie, minimax' }, { providerChoice: 'kie, minimax' }],
    [
      { door: 'apikley', provider: 'kie' },
      { door: 'apikley', providerChoice: 'kie' },
    ],
  ])('reads %j', (values, use) => {
    expect(readKeyUse(values)).toEqual(use);
  });

  it.each([
    [{ door: 'nobody' }, '--door is "nobody": give one of piapi, '],
    [{ door: '' }, '--door is "": give one of'],
    [{ door: 'minimax' }, '--door is "minimax": give one of'],
    [{ provider: 'nobody' }, '--provider is "nobody": give one of auto, value, fastest, official, or names'],
    [{ provider: 'piapi,nobody' }, '--provider is "piapi,nobody"'],
    [{ provider: 'piapi,piapi' }, '--provider is "piapi,piapi"'],
    [{ provider: 'piapi,auto' }, '--provider is "piapi,auto"'],
    [{ provider: '' }, '--provider is ""'],
  ])('throws an error for %j', (values, message) => {
    expect(() => readKeyUse(values)).toThrow(message);
  });
});

describe('describeKeyUse', () => {
  it.each([
    [{}, ''],
    [{ door: 'kie' }, '  door kie'],
    [{ door: 'kie', providerChoice: 'auto' }, '  door kie  provider auto'],
  ])('tells of %j', (use, text) => {
    expect(describeKeyUse(use)).toBe(text);
  });
});
