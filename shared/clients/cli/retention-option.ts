import { retentionDays } from '../../domain/retention.ts';
import type { AccountChange } from '../../storage/account-terms.ts';
import { CommandError } from './command-error.ts';

/** The option of a command that says how long videos stay. */
export const retentionOption = { 'retention-days': { type: 'string' } } as const;

/** What the option asks for; throws a CommandError where that is no number of days that is allowed. */
export function readRetentionChange(text: string | undefined): Pick<AccountChange, 'retentionDays'> {
  if (text === undefined) return {};
  if (text === 'default') return { retentionDays: text };
  const days = /^[0-9]{1,3}$/.test(text) ? Number(text) : Number.NaN;
  if (days >= retentionDays.least && days <= retentionDays.most) return { retentionDays: days };
  const allowed = `give whole days from ${retentionDays.least} to ${retentionDays.most}, or default`;
  throw new CommandError(`--retention-days is "${text}": ${allowed}`);
}

export function describeRetention(days: number = retentionDays.default): string {
  return days === 1 ? 'videos are kept for 1 day' : `videos are kept for ${days} days`;
}
