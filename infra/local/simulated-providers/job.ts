import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { secondsAfter } from '../../../shared/clock.ts';
import type { Order } from './dialect.ts';
import type { CallbackFault, JobFault } from './faults.ts';
import { type VideoShape, videoShapeSchema } from './video-maker.ts';

const failureReasons = ['generation', 'content', 'image_unreachable', 'not_an_image'] as const;
export type FailureReason = (typeof failureReasons)[number];

const plannedCallbackSchema = z.object({
  at: z.string(),
  /** `state` tells the truth and is retried; the others claim a success that is none, once. */
  claim: z.enum(['state', 'wrong_proof', 'wrong_path']),
});
export type PlannedCallback = z.infer<typeof plannedCallbackSchema>;

const callbackTargetSchema = z.object({ url: z.string(), proof: z.string() });

/** An accepted order with its whole future: what it looks like at any moment follows from the clock alone. */
export const jobSchema = z.object({
  id: z.string(),
  /** What the path of the order said beside its fixed parts; empty where it says nothing. */
  route: z.string(),
  /** The body as it was received. */
  request: z.unknown(),
  prompt: z.string(),
  acceptedAt: z.string(),
  runsAt: z.string(),
  /** Absent on a job that never ends. */
  endsAt: z.string().optional(),
  failure: z.enum(failureReasons).optional(),
  shape: videoShapeSchema,
  /** Makes the path of the video unguessable. */
  videoSecret: z.string(),
  callback: callbackTargetSchema.optional(),
  callbacks: z.array(plannedCallbackSchema),
});
export type Job = z.infer<typeof jobSchema>;
export type JobStatus = 'queued' | 'running' | 'succeeded' | 'failed';

/** The share of a job's life that it waits in the provider's queue. */
const queuedShare = 0.2;

export interface JobDraft {
  readonly id: string;
  readonly route: string;
  readonly request: unknown;
  readonly order: Order;
  readonly acceptedAt: Date;
  readonly jobSeconds: number;
  /** What the images of the order make of it. */
  readonly shape: VideoShape;
  readonly failure?: FailureReason;
  readonly jobFaults: readonly JobFault[];
  readonly callbackFaults: readonly CallbackFault[];
}

export function planJob(draft: JobDraft): Job {
  const isEarly = draft.callbackFaults.some((fault) => fault.kind === 'early_callback');
  const lifeSeconds = isEarly ? 0 : lifeOf(draft);
  const runsAt = secondsAfter(draft.acceptedAt, Math.min(lifeSeconds, draft.jobSeconds) * queuedShare);
  const endsAt = Number.isFinite(lifeSeconds) ? secondsAfter(draft.acceptedAt, lifeSeconds) : undefined;
  const failure = draft.jobFaults.reduce(failureAfter, draft.failure);
  const { callback, prompt } = draft.order;
  return {
    id: draft.id,
    route: draft.route,
    request: draft.request,
    prompt,
    acceptedAt: draft.acceptedAt.toISOString(),
    runsAt,
    ...(endsAt === undefined ? {} : { endsAt }),
    ...(failure === undefined ? {} : { failure }),
    shape: draft.shape,
    videoSecret: randomBytes(24).toString('hex'),
    ...(callback === undefined ? {} : { callback }),
    callbacks: callback === undefined ? [] : planCallbacks(draft.callbackFaults, runsAt, endsAt),
  };
}

/** Seconds from acceptance to the end. */
function lifeOf({ jobFaults, jobSeconds }: JobDraft): number {
  if (jobFaults.some((fault) => fault.kind === 'never_ends')) return Number.POSITIVE_INFINITY;
  return jobFaults.reduce((sum, fault) => (fault.kind === 'slow' ? sum * fault.factor : sum), jobSeconds);
}

function failureAfter(before: FailureReason | undefined, fault: JobFault): FailureReason | undefined {
  if (fault.kind === 'fail') return 'generation';
  return fault.kind === 'moderate' ? 'content' : before;
}

function planCallbacks(
  faults: readonly CallbackFault[],
  runsAt: string,
  endsAt: string | undefined,
): PlannedCallback[] {
  const honest: PlannedCallback[] = endsAt === undefined ? [] : [{ at: endsAt, claim: 'state' }];
  return faults.reduce((planned, fault) => callbacksAfter(planned, fault, runsAt), honest);
}

function callbacksAfter(planned: PlannedCallback[], fault: CallbackFault, runsAt: string): PlannedCallback[] {
  switch (fault.kind) {
    case 'lose_callback':
      return planned.filter((callback) => callback.claim !== 'state');
    case 'duplicate_callback':
      return planned.flatMap((callback) => Array.from({ length: 5 }, () => callback));
    case 'delay_callback':
      return planned.map((callback) => ({ ...callback, at: secondsAfter(callback.at, fault.seconds) }));
    case 'early_callback':
      return planned;
    case 'forge_callback_proof':
      return [...planned, { at: runsAt, claim: 'wrong_proof' }];
    case 'forge_callback_path':
      return [...planned, { at: runsAt, claim: 'wrong_path' }];
    case 'non_terminal_callback':
      return [...planned, { at: runsAt, claim: 'state' }];
  }
}

export function statusAt(job: Job, now: Date): JobStatus {
  const at = now.toISOString();
  if (job.endsAt !== undefined && at >= job.endsAt) return job.failure === undefined ? 'succeeded' : 'failed';
  return at >= job.runsAt ? 'running' : 'queued';
}
