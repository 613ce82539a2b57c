/** Rows of cells as lines of text, under their title; the first column to the left, the others to the right. */
export function formatTable(title: string, rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('   ')
      .trimEnd(),
  );
  return [`\n${title}`, ...lines.map((line) => `  ${line}`)].join('\n');
}

/** `≤ 200 KB  reached`, or `missed`. */
export function formatTarget(target: string, isReached: boolean): string {
  return `${target}  ${isReached ? 'reached' : 'MISSED'}`;
}

export function medianOf(numbers: readonly number[]): number {
  return percentileOf(numbers, 0.5);
}

/** The smallest of the numbers that is not below `share` of them; NaN of none. */
export function percentileOf(numbers: readonly number[], share: number): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN;
}
