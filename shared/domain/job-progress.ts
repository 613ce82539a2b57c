import * as z from 'zod';

/** Why a task failed: the closed set behind `error.code` of a video. */
const failureCodes = [
  'invalid_request',
  'bad_image',
  'face_not_found',
  'content_rejected',
  'generation_failed',
  'provider_auth',
  'provider_balance',
  'provider_rate_limited',
  'provider_unavailable',
  'provider_unreachable',
  'budget_exceeded',
  'bad_upstream_result',
  'archive_failed',
  'deadline_exceeded',
  'submit_unknown',
  'canceled',
] as const;
export type FailureCode = (typeof failureCodes)[number];

/** Codes after which the same order may succeed if it is placed again. */
const retryableCodes: ReadonlySet<FailureCode> = new Set<FailureCode>([
  'generation_failed',
  'provider_rate_limited',
  'provider_unavailable',
  'provider_unreachable',
  'bad_upstream_result',
  'archive_failed',
  'deadline_exceeded',
]);

export function isRetryable(code: FailureCode): boolean {
  return retryableCodes.has(code);
}

/** Failures that say something about the account at the provider, and nothing about the order. */
const providerCodes: ReadonlySet<FailureCode> = new Set<FailureCode>([
  'provider_auth',
  'provider_balance',
  'provider_rate_limited',
  'provider_unavailable',
  'provider_unreachable',
]);

export function isProvidersFault(code: FailureCode): boolean {
  return providerCodes.has(code);
}

export const failureSchema = z.object({
  code: z.enum(failureCodes),
  /** For people; never holds a secret, a prompt or a signed URL. */
  message: z.string(),
  /** Whether the provider took money for it. */
  charged: z.enum(['no', 'yes', 'unknown']),
  /** The provider's own code, where it gave one. */
  providerCode: z.string().optional(),
});
export type Failure = z.infer<typeof failureSchema>;

/** Whether another offer may be tried: only after what is proven unpaid, and only where it may help. */
export function isWorthAnotherOffer({ code, charged }: Failure): boolean {
  return charged === 'no' && isProvidersFault(code);
}

/** The provider's work for one attempt. */
export interface Job {
  /** The provider's id, never a number. */
  readonly id: string;
  /** What the adapter needs beside the id to find the job again, for example an endpoint path. */
  readonly route?: string;
}

export const submitOutcomeKinds = ['accepted', 'refused', 'not_sent', 'unknown'] as const;

/**
 * How a submit ended. `not_sent` means that no byte of the request left; `unknown` means that the provider
 * may have started a job, so nothing may be sent again.
 */
export type SubmitOutcome =
  | { readonly kind: 'accepted'; readonly job: Job }
  | {
      readonly kind: 'refused';
      readonly failure: Failure;
      /** What the provider says in `Retry-After`. */
      readonly retryAfterSeconds?: number;
    }
  | { readonly kind: 'not_sent'; readonly message: string }
  | { readonly kind: 'unknown'; readonly message: string };

/**
 * What came of asking a provider to cancel a job. `canceled` is its word for it, which a look is to confirm; a job of
 * which it did not clearly say so runs on. `not_asked` means that no byte of the request left.
 */
export type CancelOutcome =
  | { readonly kind: 'canceled' }
  | { readonly kind: 'not_canceled' | 'not_asked'; readonly message: string };

/** What a task ends by whose customer asked for its end in time. */
export const canceledOnRequest: Failure = {
  code: 'canceled',
  message: 'The order was canceled on request; nothing is charged for it',
  charged: 'no',
};

/** One video that a job produced. */
interface JobOutput {
  readonly url: string;
  /** When the provider's link dies, ISO 8601, where it says so. */
  readonly expiresAt?: string;
}

/** What one look at a job saw. `unreadable` says nothing about the job: an error page, a time-out, a 5xx. */
export type JobProgress =
  | { readonly kind: 'queued' }
  | { readonly kind: 'running'; readonly unknownStatus?: string }
  | {
      readonly kind: 'succeeded';
      readonly outputs: readonly JobOutput[];
      readonly reportedCostMicroUsd?: number;
    }
  | { readonly kind: 'failed'; readonly failure: Failure }
  | {
      readonly kind: 'unreadable';
      readonly message: string;
      /** The provider says that it knows no such job: so it shows what was canceled, or what it is slow to show. */
      readonly isJobUnknown?: boolean;
    };
