import { secondsBetween } from '../../shared/clock.ts';
import type { ShownProvider } from '../../shared/contract/providers.ts';
import { toUsd } from '../../shared/domain/money.ts';
import type { Offer, ProviderLimits } from '../../shared/domain/offer.ts';
import type { Standing } from '../../shared/domain/standing.ts';
import { type HttpAnswer, jsonAnswer } from '../../shared/http/http-event.ts';
import { learnedSeconds, learnedTimes } from '../../shared/limits/survey.ts';
import { healthOf } from '../../shared/routing/health.ts';
import type { ProviderRecord } from '../../shared/storage/standing-store.ts';
import type { AccountRequest, ApiDependencies, ListedProvider } from './api-dependencies.ts';

const hourSeconds = 60 * 60;

/** GET /v1/providers: how our accounts at the enabled providers stand right now. */
export async function listProviders(
  _: AccountRequest,
  { providers, standings, queue, clock }: ApiDependencies,
): Promise<HttpAnswer> {
  const now = clock.now();
  const data = [...providers.values()].map(async (provider) => {
    const [record, waiting] = await Promise.all([standings.get(provider.name), queue.count(provider.name)]);
    return toProvider(provider, { record, waiting, now });
  });
  return jsonAnswer(200, { object: 'list', data: await Promise.all(data) });
}

interface Circumstances {
  readonly record: ProviderRecord;
  /** How many tasks wait for a place. */
  readonly waiting: number;
  readonly now: Date;
}

function toProvider(
  { name, limits, offers }: ListedProvider,
  { record, waiting, now }: Circumstances,
): ShownProvider {
  const { standing } = record;
  const { leases, failures, stoppedAt, openUntil, pausedUntil } = standing;
  return {
    id: name,
    object: 'provider',
    health: healthOf(standing, now),
    open_until: ifAhead(openUntil, now),
    failures,
    paused: stoppedAt === undefined ? null : { since: stoppedAt },
    rate_limited_until: ifAhead(pausedUntil, now),
    limits: toLimits(limits),
    in_use: Object.keys(leases).length,
    starts_last_hour: countStarts(standing, limits, now),
    waiting,
    balance: toBalance(standing.balance),
    offers: offers.length,
    typical_seconds: offers.map((offer) => toTypicalSeconds(offer, record)),
  };
}

function ifAhead(time: string | undefined, now: Date): string | null {
  return time !== undefined && secondsBetween(now, time) > 0 ? time : null;
}

function toLimits({ concurrent, perMinute, perHour, spacingMs }: ProviderLimits) {
  return {
    concurrent: concurrent ?? null,
    per_minute: perMinute ?? null,
    per_hour: perHour ?? null,
    spacing_ms: spacingMs ?? null,
  };
}

/** Nothing where no limit asks for it: then the starts of an hour are not kept. */
function countStarts({ startsMs }: Standing, { perHour }: ProviderLimits, now: Date): number | null {
  if (perHour === undefined) return null;
  return startsMs.filter((startMs) => secondsBetween(new Date(startMs), now) < hourSeconds).length;
}

function toBalance(balance: Standing['balance']): ShownProvider['balance'] {
  return balance === undefined ? null : { amount: toUsd(balance.microUsd), currency: 'USD', at: balance.at };
}

function toTypicalSeconds(offer: Offer, record: ProviderRecord | undefined) {
  return {
    model: offer.model,
    operation: offer.operation,
    native_model: offer.nativeModel,
    typical_seconds: Math.round(learnedSeconds(offer, record)),
    learned_from: learnedTimes(offer, record)?.count ?? 0,
  };
}
