/** Money is an integer count of millionths of a US dollar. What is written finer is refused; a ceiling is rounded down. */

const decimalUsd = /^\d{1,9}(\.\d{1,12})?$/;

/** The largest amount that `fromUsd` reads, for those who tell its rules. */
export const maxUsd = '999999999.999999';

/**
 * Micro-USD of a decimal amount in USD such as `"0.2"`; throws a RangeError on anything else, and on more than six
 * decimals.
 */
export function fromUsd(usd: string | number): number {
  const trillionths = toTrillionths(usd);
  if (trillionths % 1_000_000n !== 0n) throw new RangeError(`"${usd}" has more than six decimals`);
  return Number(trillionths / 1_000_000n);
}

/** As `fromUsd`, but rounds down: for a ceiling, which every whole price keeps to just as it keeps to what was written. */
export function floorFromUsd(usd: string | number): number {
  return Number(toTrillionths(usd) / 1_000_000n);
}

function toTrillionths(usd: string | number): bigint {
  const text = typeof usd === 'number' ? toDecimals(usd) : usd;
  if (!decimalUsd.test(text)) throw new RangeError(`"${usd}" is not an amount in USD such as "0.25"`);
  const [whole = '0', fraction = ''] = text.split('.');
  return BigInt(whole + fraction.padEnd(12, '0'));
}

/** At most twelve decimals of the 15 digits that a number surely holds: behind them is binary dust. */
function toDecimals(usd: number): string {
  const wholeDigits = Math.trunc(Math.abs(usd)).toString().length;
  return usd.toFixed(Math.max(0, Math.min(12, 15 - wholeDigits)));
}

/** A decimal string in USD with at least two decimals: `200000` is `"0.20"`. */
export function toUsd(microUsd: number): string {
  const sign = microUsd < 0 ? '-' : '';
  const digits = Math.abs(microUsd).toString().padStart(7, '0');
  const fraction = digits.slice(-6).replace(/0{1,4}$/, '');
  return `${sign}${digits.slice(0, -6)}.${fraction}`;
}
