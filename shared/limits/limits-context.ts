import type { SFNClient } from '@aws-sdk/client-sfn';
import type { Clock } from '../clock.ts';
import type { ProviderLimits } from '../domain/offer.ts';
import type { QueueStore } from '../storage/queue-store.ts';
import type { StandingStore } from '../storage/standing-store.ts';
import type { TaskStore } from '../storage/task-store.ts';

/** What keeping the limits of the providers' accounts takes. */
export interface LimitsContext {
  readonly standings: StandingStore;
  readonly queue: QueueStore;
  readonly tasks: TaskStore;
  readonly executions: SFNClient;
  readonly clock: Clock;
  /** The enabled providers, as far as their limits go. */
  readonly providers: ReadonlyMap<string, { readonly limits: ProviderLimits }>;
}

/** A provider that is not enabled any more has no limits, so that what waits for it is not stuck. */
export function limitsOf({ providers }: Pick<LimitsContext, 'providers'>, provider: string): ProviderLimits {
  return providers.get(provider)?.limits ?? {};
}
