import * as z from 'zod';
import { secondsAfter } from '../clock.ts';
import { failureSchema, submitOutcomeKinds } from './job-progress.ts';
import { operations, resolutions } from './video-request.ts';

export const taskStates = [
  'accepted',
  'submitting',
  'processing',
  'archiving',
  'completed',
  'failed',
  'canceled',
] as const;
export type TaskState = (typeof taskStates)[number];
export const terminalStates = ['completed', 'failed', 'canceled'] as const satisfies readonly TaskState[];
export type TerminalState = (typeof terminalStates)[number];
export const liveStates = [
  'accepted',
  'submitting',
  'processing',
  'archiving',
] as const satisfies readonly TaskState[];

const endings: ReadonlySet<TaskState> = new Set(terminalStates);

export function isTerminal(state: TaskState): state is TerminalState {
  return endings.has(state);
}

/** One try of a task at one provider. Claimed, without an outcome, before the request leaves. */
const attemptSchema = z.object({
  number: z.number().int().positive(),
  provider: z.string(),
  nativeModel: z.string(),
  /** Of the offer that it bought, or would have. */
  priceMicroUsd: z.number().int().nonnegative(),
  claimedAt: z.string(),
  /** Tells its claimant that a claim whose answer was lost is its own. */
  claimId: z.string(),
  /** Whether it took one of the places that the provider's limits leave. */
  hasLease: z.boolean().optional(),
  /** SHA-256 of the secret in the callback's path; absent where no callback was asked for. */
  callbackSecretHash: z.string().optional(),
  outcome: z.enum(submitOutcomeKinds).optional(),
  outcomeAt: z.string().optional(),
  jobId: z.string().optional(),
  jobRoute: z.string().optional(),
  /** A job id that a callback named; only an attempt whose outcome is unknown adopts it, or keeps it as evidence. */
  hintedJobId: z.string().optional(),
  failure: failureSchema.optional(),
  /** When the provider was asked to cancel the job, and answered or did not; it is asked once. */
  cancelAskedAt: z.string().optional(),
  /** It then said that it canceled the job, and no look has contradicted it. */
  isCancelConfirmed: z.boolean().optional(),
  /** What the provider says that it took; kept beside our charge, never instead of it. */
  reportedCostMicroUsd: z.number().int().nonnegative().optional(),
});
export type Attempt = z.infer<typeof attemptSchema>;

/** The verified file in our bucket. */
const resultSchema = z.object({
  key: z.string(),
  bytes: z.number().int().positive(),
  sha256: z.string(),
  /** Pixels and seconds as the file says them; absent where its index cannot be read. */
  width: z.number().int().positive().optional(),
  height: z.number().int().positive().optional(),
  durationSeconds: z.number().positive().optional(),
});

/** Why looking into a late job ended without a video. */
const evidenceVerdicts = ['unconfirmed', 'foreign', 'failed', 'without_video'] as const;
export type EvidenceVerdict = (typeof evidenceVerdicts)[number];

/** What came of a job that a callback named only after its task had ended as `submit_unknown`. */
const evidenceSchema = z.object({
  /** When the callback came; from then on when the provider confirmed the job. */
  since: z.string(),
  /** Absent while it is looked into, and once its video is the task's `result`. */
  verdict: z.enum(evidenceVerdicts).optional(),
  /** Of the job, where the verdict is that it failed. */
  failure: failureSchema.optional(),
});

/**
 * What remains to be done after a task ended; each is idempotent and cleared when done. All but `evidence`, which
 * takes an execution, are done by whoever finds them.
 */
const followUps = ['lease', 'outbox', 'webhook', 'removal', 'evidence'] as const;
export type FollowUp = (typeof followUps)[number];

/**
 * The hot row of a task, under 1 KB while it does not wait. Times are ISO 8601 in UTC, money is micro-USD.
 * Only `TaskStore` reads and writes it.
 */
export const taskSchema = z.object({
  id: z.string(),
  account: z.string(),
  state: z.enum(taskStates),
  /** How many executions were started for it. */
  run: z.number().int().positive(),
  requestHash: z.string(),
  /** Of the API key that placed the order; absent for one from the inbox, and in old rows. */
  keyId: z.string().optional(),
  /** False where that key has no limits: its own counters are not booked then. Absent where they are, as in old rows. */
  isKeyCounted: z.boolean().optional(),

  provider: z.string(),
  model: z.string(),
  nativeModel: z.string(),
  operation: z.enum(operations),
  /** As in the variant that is bought: absent where it does not say. */
  seconds: z.number().int().positive().optional(),
  resolution: z.enum(resolutions).optional(),
  size: z.string().optional(),
  /** The price of the chosen offer: held from acceptance until settled. */
  holdMicroUsd: z.number().int().nonnegative(),
  /** UTC month of acceptance, `2026-11`: the hold and the charge belong to it. */
  holdMonth: z.string(),
  /** UTC day of acceptance, `2026-11-21`; absent on rows of the first version, which are booked by month alone. */
  holdDay: z.string().optional(),
  chargeMicroUsd: z.number().int().nonnegative().optional(),

  attempts: z.array(attemptSchema),
  /** Looks of the last attempt that nobody rang for: what the schedule cost, for operators and the benchmarks. */
  looks: z.number().int().nonnegative(),
  /** The moment somebody rang since the last look. */
  wake: z.string().optional(),
  /** Set while an execution sleeps in AwaitWakeUp. A credential: never logged. */
  taskToken: z.string().optional(),
  /** When the sleep began, and after how many seconds it ends by itself. */
  sleptAt: z.string().optional(),
  sleepSeconds: z.number().int().positive().optional(),
  /** After this the provider's job is given up, following one last look. */
  deadlineAt: z.string().optional(),
  /** When the sweeper should look at it; absent once nothing is left to do. */
  nextDueAt: z.string().optional(),
  /** Since when it waits for a place at its provider; absent while it does not. */
  queuedAt: z.string().optional(),
  /** When the provider was found to be done. */
  archivingAt: z.string().optional(),
  /** Where the provider keeps the video, until it is archived. */
  outputUrl: z.string().optional(),

  result: resultSchema.optional(),
  failure: failureSchema.optional(),
  evidence: evidenceSchema.optional(),
  followUps: z.array(z.enum(followUps)),
  /** The path under `outbox/<account>/` without extension, for a task that was dropped into the inbox. */
  outboxName: z.string().optional(),
  /** Whether its order names a URL that is told of its end. */
  hasWebhook: z.boolean().optional(),
  /** Guards the keyless link. */
  linkSecret: z.string(),
  createdAt: z.string(),
  completedAt: z.string().optional(),
  /** The moment its customer asked for its end; from then on nothing more is sent for it. */
  cancelRequestedAt: z.string().optional(),
  /** When its customer deleted it: from then on its row serves the ledger alone. */
  deletedAt: z.string().optional(),
  /** The task whose order it repeats, or repeats with another prompt. */
  retryOf: z.string().optional(),
  remixOf: z.string().optional(),
  /** The task that repeats this one's order; written with its acceptance. */
  retriedBy: z.string().optional(),
  /** When a person said what became of the hold that an unknown submit had kept. */
  resolvedAt: z.string().optional(),
  /** When the video is removed from the bucket; set when the task completes. */
  expiresAt: z.string().optional(),
});
export type Task = z.infer<typeof taskSchema>;

/** What a sleep leaves on the row: who rang, the token that ends it, when it began and how long it may last. */
export const sleepFields = ['wake', 'taskToken', 'sleptAt', 'sleepSeconds'] as const;

/** When the provider is asked next, unless somebody rings first; absent while nobody sleeps. */
export function nextLookAt({ sleptAt, sleepSeconds }: Task): string | undefined {
  if (sleptAt === undefined || sleepSeconds === undefined) return undefined;
  return secondsAfter(sleptAt, sleepSeconds);
}

/** The attempt that counts: the last one. */
export function currentAttempt(task: Task): Attempt | undefined {
  return task.attempts.at(-1);
}

/** Where an attempt lies on its row, by its number: the first is 1. */
export function attemptPath(number: number): string {
  return `attempts[${number - 1}]`;
}
