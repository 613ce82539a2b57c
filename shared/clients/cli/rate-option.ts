import { requestsPerMinute } from '../../domain/rate-limit.ts';
import type { KeyTerms } from '../../storage/account-items.ts';
import { CommandError } from './command-error.ts';

/** The option of a new key that says how many requests it may make. */
export const rateOption = { 'requests-per-minute': { type: 'string' } } as const;

type KeyRate = Pick<KeyTerms, 'requestsPerMinute'>;

/** What the option asks for; throws a CommandError where that is no number of requests that is allowed. */
export function readRate(text: string | undefined): KeyRate {
  if (text === undefined) return {};
  const requests = /^[0-9]{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (requests >= requestsPerMinute.least && requests <= requestsPerMinute.most)
    return { requestsPerMinute: requests };
  const allowed = `give a whole number from ${requestsPerMinute.least} to ${requestsPerMinute.most}`;
  throw new CommandError(`--requests-per-minute is "${text}": ${allowed}`);
}

export function describeRate({ requestsPerMinute: requests }: KeyRate): string {
  if (requests === undefined) return '';
  return requests === 1 ? '  1 request a minute' : `  ${requests} requests a minute`;
}
