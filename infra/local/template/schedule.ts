/** When a rule fires by itself. */
export type Schedule =
  | { readonly kind: 'rate'; readonly everySeconds: number }
  /** Every day, so many seconds after midnight UTC. */
  | { readonly kind: 'daily'; readonly secondOfDay: number };

const secondsByUnit: Readonly<Record<string, number>> = { minute: 60, hour: 3600, day: 86_400 };

/** Reads a rate, or a cron expression of one moment of each day; absent for anything else. */
export function parseSchedule(expression: string): Schedule | undefined {
  return parseRate(expression) ?? parseDaily(expression);
}

function parseRate(expression: string): Schedule | undefined {
  const [, count, unit] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? [];
  const unitSeconds = secondsByUnit[unit ?? ''];
  return unitSeconds === undefined ? undefined : { kind: 'rate', everySeconds: Number(count) * unitSeconds };
}

function parseDaily(expression: string): Schedule | undefined {
  const [, minute, hour] =
    /^cron\(([0-5]?\d) ([01]?\d|2[0-3]) (?:\* \* \?|\? \* \*) \*\)$/.exec(expression) ?? [];
  if (minute === undefined || hour === undefined) return undefined;
  return { kind: 'daily', secondOfDay: Number(hour) * 3600 + Number(minute) * 60 };
}
