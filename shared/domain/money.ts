/** Money is an integer count of millionths of a US dollar. Prices are rounded up, ceilings down. */

const decimalUsd = /^\d{1,9}(\.\d{1,12})?$/;

/** Micro-USD of a decimal amount in USD such as `"0.2"`; rounds up; throws a RangeError on anything else. */
export function fromUsd(usd: string | number): number {
  return Number((toTrillionths(usd) + 999_999n) / 1_000_000n);
}

/** As `fromUsd`, but rounds down: for a ceiling, which `"0.1999999"` must not raise to 0.20. */
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
