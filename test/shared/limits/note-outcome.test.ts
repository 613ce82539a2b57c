import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { secondsBetween } from '../../../shared/clock.ts';
import type { FailureCode, SubmitOutcome } from '../../../shared/domain/job-progress.ts';
import { noteOutcome } from '../../../shared/limits/note-outcome.ts';
import { type Limits, startLimits } from '../../support/limits.ts';

let limits: Limits;
beforeEach(async () => {
  limits = await startLimits({});
  onTestFinished(() => limits.close());
});

const accepted: SubmitOutcome = { kind: 'accepted', job: { id: 'job-1' } };
const refused = (code: FailureCode, retryAfterSeconds?: number): SubmitOutcome => ({
  kind: 'refused',
  failure: { code, message: 'No', charged: 'no' },
  ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
});
const note = async (...outcomes: readonly SubmitOutcome[]) => {
  for (const outcome of outcomes) await noteOutcome('piapi', outcome, limits.context);
  return (await limits.standings.get('piapi')).standing;
};

describe('noteOutcome', () => {
  it.each([
    ['is not reached', { kind: 'not_sent', message: 'No route' }],
    ['leaves an order in the dark', { kind: 'unknown', message: 'HTTP 500' }],
    ['says that it is not available', refused('provider_unavailable')],
  ] as const)('counts it as a failure when a provider %s', async (_, outcome) => {
    expect(await note(outcome, outcome)).toMatchObject({ failures: 2 });
    expect(await note(outcome)).toHaveProperty('openUntil');
  });

  it.each(['provider_auth', 'provider_balance'] as const)('opens the circuit at once on %s', async (code) => {
    expect(await note(refused(code))).toHaveProperty('openUntil');
  });

  it('forgets the failures when an order is taken', async () => {
    const failure = refused('provider_unavailable');

    expect(await note(failure, failure, accepted)).toMatchObject({ failures: 0 });
    expect(await note(failure)).not.toHaveProperty('openUntil');
  });

  it.each(['content_rejected', 'invalid_request', 'bad_image'] as const)(
    'takes %s for a sign that the provider works',
    async (code) => {
      expect(await note(refused('provider_unavailable'), refused(code))).toMatchObject({ failures: 0 });
    },
  );

  it('pauses a provider for as long as it asks, and does not take it for broken', async () => {
    const standing = await note(...[1, 2, 3].map(() => refused('provider_rate_limited', 40)));

    expect(secondsBetween(limits.clock.now(), standing.pausedUntil ?? '')).toBe(40);
    expect(standing).toMatchObject({ failures: 0, pauses: 3 });
    expect(standing).not.toHaveProperty('openUntil');
  });

  it('writes nothing when an order is taken as usual', async () => {
    expect((await note(accepted, accepted)).version).toBe(0);
  });
});
