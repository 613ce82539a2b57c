/** What became of one order, here and at its provider. */
export interface OrderEnd {
  readonly prompt: string;
  /** `completed`, the code of its failure, or `waiting` while an order of unknown fate waits for its callback. */
  readonly ending: string;
  readonly holdMicroUsd: number;
  /** Absent while the hold is kept. */
  readonly chargeMicroUsd: number | undefined;
  /** The states of all jobs that its provider ever started for it. */
  readonly jobs: readonly string[];
}

interface Month {
  readonly committedMicroUsd: number;
  readonly spentMicroUsd: number;
}

/** One row of the table. */
export interface ProofReport {
  readonly proof: string;
  readonly done: string;
  readonly counts: string;
  /** Empty when the proof holds. */
  readonly problems: readonly string[];
  /** A table of its own, printed behind that of the proofs. */
  readonly appendix?: string;
}

/** At most one job an order, every paid job archived or parked, and the account's counters equal to the sums. */
export function findProblems(ends: readonly OrderEnd[], month: Month): string[] {
  const charges = sum(ends.map(({ chargeMicroUsd }) => chargeMicroUsd ?? 0));
  const holds = sum(ends.filter(isParked).map(({ holdMicroUsd }) => holdMicroUsd));
  return [
    ...ends.flatMap(judge),
    ...differ('spent', month.spentMicroUsd, charges),
    ...differ('committed', month.committedMicroUsd, holds),
  ];
}

/** `completed 61, content_rejected 9, …`, the most frequent first. */
export function countEndings(ends: readonly Pick<OrderEnd, 'ending'>[]): string {
  const groups = Object.entries(Object.groupBy(ends, ({ ending }) => ending));
  const counts = groups.map(([ending, group = []]) => ({ ending, count: group.length }));
  const sorted = counts.toSorted((a, b) => b.count - a.count);
  return sorted.map(({ ending, count }) => `${ending} ${count}`).join(', ');
}

function judge(end: OrderEnd): string[] {
  const { prompt, ending, jobs, chargeMicroUsd } = end;
  const wanted = expectedCharge(end);
  const isPaidForNothing = jobs.includes('succeeded') && wanted === 0;
  return [
    ...(jobs.length > 1 ? [`${prompt} bought ${jobs.length} jobs`] : []),
    ...(ending === 'completed' && jobs[0] !== 'succeeded' ? [`${prompt} completed without a job`] : []),
    ...(isPaidForNothing ? [`${prompt} ended as ${ending} although its job succeeded`] : []),
    ...(chargeMicroUsd === wanted ? [] : [`${prompt} ended as ${ending} and was charged ${chargeMicroUsd}`]),
  ];
}

function expectedCharge(end: OrderEnd): number | undefined {
  if (isParked(end)) return undefined;
  return ['completed', 'archive_failed'].includes(end.ending) ? end.holdMicroUsd : 0;
}

function isParked({ ending }: OrderEnd): boolean {
  return ending === 'submit_unknown' || ending === 'waiting';
}

function differ(what: string, counted: number, summed: number): string[] {
  return counted === summed ? [] : [`The account has ${what} ${counted}, the sum of its videos is ${summed}`];
}

function sum(amounts: readonly number[]): number {
  return amounts.reduce((total, amount) => total + amount, 0);
}
