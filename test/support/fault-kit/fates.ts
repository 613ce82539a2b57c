/** What becomes of a worker's call to the world outside, and of the worker. */
const fates = [
  'passes',
  /** The worker dies, and the call never leaves. */
  'dies_before',
  /** The call is done, and the worker dies before it learns of it. */
  'dies_after',
  /** The worker dies while the call is on its way; `Workers.deliverLate` lets it arrive. */
  'dies_during',
  /** The call fails, and nothing was done. */
  'fails_before',
  /** The call is done, and the worker is told that it failed. */
  'fails_after',
  /** The call is done, its answer is lost, and the worker goes on. */
  'answer_lost',
  /** The call is done twice. */
  'arrives_twice',
  /** The worker stands still before the call until it is resumed, or its time is up. */
  'hangs',
] as const;
export type Fate = (typeof fates)[number];
