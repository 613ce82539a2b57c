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

/** A number is read to nine decimals, so that the dust of binary fractions changes nothing. */
function toTrillionths(usd: string | number): bigint {
  const text = typeof usd === 'number' ? usd.toFixed(9) : usd;
  if (!decimalUsd.test(text)) throw new RangeError(`"${usd}" is not an amount in USD such as "0.25"`);
  const [whole = '0', fraction = ''] = text.split('.');
  return BigInt(whole + fraction.padEnd(12, '0'));
}

/** A decimal string in USD with at least two decimals: `200000` is `"0.20"`. */
export function toUsd(microUsd: number): string {
  const sign = microUsd < 0 ? '-' : '';
  const digits = Math.abs(microUsd).toString().padStart(7, '0');
  const fraction = digits.slice(-6).replace(/0{1,4}$/, '');
  return `${sign}${digits.slice(0, -6)}.${fraction}`;
}
