import { describe, expect, it } from 'vitest';
import { compileEventPattern } from '../../../infra/local/event-pattern.ts';

const event = {
  source: 'aws.s3',
  resources: ['arn:aws:s3:::media', 'arn:aws:s3:::other'],
  detail: { object: { key: 'inbox/acme/cat.json', size: 0, tag: null }, isNew: false },
};

describe('compileEventPattern', () => {
  it.each([
    ['an exact value', { source: ['aws.s3'] }, true],
    ['one of several values', { source: ['aws.states', 'aws.s3'] }, true],
    ['another value', { source: ['aws.states'] }, false],
    ['any element of an array', { resources: ['arn:aws:s3:::other'] }, true],
    ['a nested value', { detail: { object: { size: [0] } } }, true],
    ['a false and a null', { detail: { isNew: [false], object: { tag: [null] } } }, true],
    ['a number for its text', { detail: { object: { size: ['0'] } } }, false],
    ['one field but not the other', { source: ['aws.s3'], detail: { isNew: [true] } }, false],
    ['a prefix', { detail: { object: { key: [{ prefix: 'inbox/' }] } } }, true],
    ['another prefix', { detail: { object: { key: [{ prefix: 'outbox/' }] } } }, false],
    ['a suffix', { detail: { object: { key: [{ suffix: '.json' }] } } }, true],
    ['a wildcard', { detail: { object: { key: [{ wildcard: 'inbox/*/cat.*' }] } } }, true],
    ['a wildcard that takes a dot literally', { source: [{ wildcard: 'aws?s*' }] }, false],
    ['anything but that value', { source: [{ 'anything-but': 'aws.s3' }] }, false],
    ['anything but other values', { source: [{ 'anything-but': ['a', 'b'] }] }, true],
    ['anything but a prefix', { source: [{ 'anything-but': { prefix: 'aws.' } }] }, false],
    ['anything but a value, of an absent field', { absent: [{ 'anything-but': 'a' }] }, false],
    ['a field that exists', { detail: { isNew: [{ exists: true }] } }, true],
    ['the absence of a field', { detail: { deep: { absent: [{ exists: false }] } } }, true],
    ['the absence of a field that is there', { source: [{ exists: false }] }, false],
    ['a field below a text', { source: { name: ['aws.s3'] } }, false],
  ])('compares %s', (_case, pattern, expected) => {
    expect(compileEventPattern(pattern)(event)).toBe(expected);
  });

  it.each([
    ['an unknown operator', { detail: { size: [{ numeric: ['>', 0] }] } }],
    ['two operators in one', { source: [{ prefix: 'a', suffix: 'b' }] }],
    ['an unknown operator after anything-but', { source: [{ 'anything-but': { cidr: '10.0.0.0/8' } }] }],
    ['a choice between fields', { $or: [{ source: ['a'] }] }],
    ['a value outside a list', { source: 'aws.s3' }],
  ])('throws for %s', (_case, pattern) => {
    expect(() => compileEventPattern(pattern)).toThrow();
  });
});
