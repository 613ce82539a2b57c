/** Money is an integer count of millionths of a US dollar, always rounded up. */

const decimalUsd = /^\d{1,9}(\.\d{1,12})?$/;

/** Micro-USD of a decimal amount in USD such as `"0.2"`; rounds up; throws a RangeError on anything else. */
export function fromUsd(usd: string | number): number {
  const text = typeof usd === 'number' ? usd.toFixed(9) : usd;
  if (!decimalUsd.test(text)) throw new RangeError(`"${usd}" is not an amount in USD such as "0.25"`);
  const [whole = '0', fraction = ''] = text.split('.');
  const scaled = BigInt(whole + fraction.padEnd(12, '0'));
  return Number((scaled + 999_999n) / 1_000_000n);
}

/** A decimal string in USD with at least two decimals: `200000` is `"0.20"`. */
export function toUsd(microUsd: number): string {
  const sign = microUsd < 0 ? '-' : '';
  const digits = Math.abs(microUsd).toString().padStart(7, '0');
  const fraction = digits.slice(-6).replace(/0{1,4}$/, '');
  return `${sign}${digits.slice(0, -6)}.${fraction}`;
}
