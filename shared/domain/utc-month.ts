/** UTC months such as `2026-11`; their texts sort by time. */
export function monthOf(time: string): string {
  return time.slice(0, 7);
}

/** The first moment of a month, as ISO 8601. */
export function startOfMonth(month: string): string {
  return new Date(`${month}-01T00:00:00.000Z`).toISOString();
}

/** The month so many months after another one; before it where the number is negative. */
export function monthAfter(month: string, months: number): string {
  const start = new Date(startOfMonth(month));
  start.setUTCMonth(start.getUTCMonth() + months);
  return monthOf(start.toISOString());
}

/** All months from one to another, both included. */
export function monthsFrom(first: string, last: string): string[] {
  return first > last ? [] : [first, ...monthsFrom(monthAfter(first, 1), last)];
}
