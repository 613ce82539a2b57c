import { isProvidersFault, type SubmitOutcome } from '../domain/job-progress.ts';
import type { Standing } from '../domain/standing.ts';
import { afterFailure, afterRateLimit, afterSuccess } from '../routing/health.ts';
import { handOver } from './hand-over.ts';
import type { LimitsContext } from './limits-context.ts';

/**
 * Remembers what the end of a submit says about the provider: whether it works, and whether it asks for patience.
 * Those who waited for the first order after a pause follow once it is taken.
 */
export async function noteOutcome(
  provider: string,
  outcome: SubmitOutcome,
  context: LimitsContext,
): Promise<void> {
  let wasPaused = false;
  const standing = await context.standings.update(provider, (current) => {
    wasPaused = current.pauses > 0;
    return after(current, outcome, context.clock.now());
  });
  if (wasPaused && standing.pauses === 0) await handOver(provider, context);
}

function after(standing: Standing, outcome: SubmitOutcome, now: Date): Standing | undefined {
  switch (outcome.kind) {
    case 'accepted':
      return afterSuccess(standing);
    case 'not_sent':
      return afterFailure(standing, 'provider_unreachable', now);
    case 'unknown':
      return afterFailure(standing, 'provider_unavailable', now);
    case 'refused': {
      const { code } = outcome.failure;
      if (code === 'provider_rate_limited') return afterRateLimit(standing, outcome.retryAfterSeconds, now);
      // What is wrong with the order says nothing about the provider, except that it answers.
      return isProvidersFault(code) ? afterFailure(standing, code, now) : afterSuccess(standing);
    }
  }
}
