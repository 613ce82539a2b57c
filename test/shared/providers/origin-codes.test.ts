import { describe, expect, it } from 'vitest';
import {
  failureCodeOfOrigin,
  isBreakdownOfOrigin,
  refusalCodeOfOrigin,
} from '../../../shared/providers/origin-codes.ts';

describe('the codes of the origin', () => {
  it.each([
    [1002, 'rate limit', 'provider_rate_limited'],
    [1039, 'token limit', 'provider_rate_limited'],
    [1041, 'conn limit', 'provider_rate_limited'],
    [2045, 'rate growth limit', 'provider_rate_limited'],
    [2056, 'usage limit exceeded', 'provider_rate_limited'],
    [1004, 'not authorized', 'provider_auth'],
    [2049, 'invalid api key', 'provider_auth'],
    [1008, 'insufficient balance', 'provider_balance'],
    [1026, 'input new_sensitive', 'content_rejected'],
    [1042, 'too many invisible characters', 'invalid_request'],
    [2013, 'invalid params', 'invalid_request'],
    [2013, 'invalid params, the image is too small', 'bad_image'],
    [2013, 'invalid params, no face detected', 'face_not_found'],
    [2013, 'invalid params, balance', 'invalid_request'],
  ])('%i "%s" is %s, as a refusal and as the end of a job', (code, text, expected) => {
    expect(refusalCodeOfOrigin(code, text)).toBe(expected);
    expect(failureCodeOfOrigin(code, text)).toBe(expected);
  });

  it('take a sensitive output for the end of a job, and for no refusal', () => {
    expect(failureCodeOfOrigin(1027, 'output new_sensitive')).toBe('content_rejected');
    expect(refusalCodeOfOrigin(1027, 'output new_sensitive')).toBeUndefined();
  });

  it.each([undefined, 0, 1000, 1001, 1013, 1024, 1033, 4242])('say nothing with %s', (code) => {
    expect(refusalCodeOfOrigin(code, 'insufficient balance')).toBeUndefined();
    expect(failureCodeOfOrigin(code, 'insufficient balance')).toBeUndefined();
  });

  it('leave open with a breakdown, and with nothing else, whether a job was started', () => {
    const codes = [undefined, 0, 1000, 1001, 1002, 1008, 1013, 1024, 1026, 1033, 2013];
    expect(codes.filter(isBreakdownOfOrigin)).toEqual([1000, 1001, 1013, 1024, 1033]);
  });
});
