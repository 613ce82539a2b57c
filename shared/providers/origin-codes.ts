import type { FailureCode } from '../domain/job-progress.ts';
import { failureCodeOfText } from './failure-reading.ts';

/** The codes of the models' maker that blame the order, the key or the account (facts.md 8.4). */
const refusalCodes: Readonly<Record<number, FailureCode>> = {
  1002: 'provider_rate_limited',
  1004: 'provider_auth',
  1008: 'provider_balance',
  1026: 'content_rejected',
  1039: 'provider_rate_limited',
  1041: 'provider_rate_limited',
  1042: 'invalid_request',
  2013: 'invalid_request',
  2045: 'provider_rate_limited',
  2049: 'provider_auth',
  /** What may be used within five hours is used up: later it goes on, so it is no matter of money. */
  2056: 'provider_rate_limited',
};

/** Breakdowns of the maker's server (facts.md 8.4): nobody knows whether before or after a job was started. */
const breakdownCodes: ReadonlySet<number | undefined> = new Set([1000, 1001, 1013, 1024, 1033]);

export function isBreakdownOfOrigin(code: number | undefined): boolean {
  return breakdownCodes.has(code);
}

/** The maker's word for a result that it does not show. */
const sensitiveOutput = 1027;

/** What a create that was answered with this code means; absent when it does not prove that nothing was started. */
export function refusalCodeOfOrigin(code: number | undefined, text: string): FailureCode | undefined {
  const failureCode = refusalCodes[code ?? 0];
  return failureCode === 'invalid_request' ? invalidCodeOf(text) : failureCode;
}

/** Why a job failed that ended with this code, where the code says it. */
export function failureCodeOfOrigin(code: number | undefined, text: string): FailureCode | undefined {
  return code === sensitiveOutput ? 'content_rejected' : refusalCodeOfOrigin(code, text);
}

/** One code stands for everything that is wrong with an order: its words tell whether that is the image. */
function invalidCodeOf(text: string): FailureCode {
  const code = failureCodeOfText(text);
  return code === 'bad_image' || code === 'face_not_found' ? code : 'invalid_request';
}
