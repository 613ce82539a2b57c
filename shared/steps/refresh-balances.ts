import { secondsBetween } from '../clock.ts';
import { takeSlot } from '../limits/take-slot.ts';
import { logger } from '../logger.ts';
import type { BalanceReading, Provider } from '../providers/provider.ts';
import { accessProvider, type StepContext } from './step-context.ts';

/** So long a reading is good, unless told, and so long one that failed is not repeated. */
const defaultRecentSeconds = 10 * 60;
const requestTimeoutMs = 10_000;

/** Reads the balances that are not known or too old, and returns how many it read. Never throws. */
export type RefreshBalances = () => Promise<number>;

export function createRefreshBalances(
  stepContext: StepContext,
  recentSeconds = defaultRecentSeconds,
): RefreshBalances {
  const context = { ...stepContext, recentSeconds };
  // In the memory of a warm function: another one may ask a provider once more, which is not hammering.
  const askedAt = new Map<string, string>();
  return async () => {
    const providers = [...context.providers.values()];
    const outcomes = await Promise.all(providers.map((provider) => tryRefresh(provider, askedAt, context)));
    return outcomes.filter((outcome) => outcome === 'read').length;
  };
}

interface RefreshContext extends StepContext {
  readonly recentSeconds: number;
}

type Refreshed = BalanceReading['kind'] | 'not_asked';

/** One provider that cannot be read must not keep the others from being read. */
async function tryRefresh(
  { name, balance }: Provider,
  askedAt: Map<string, string>,
  context: RefreshContext,
): Promise<Refreshed> {
  if (balance === undefined || isRecent(askedAt.get(name), context)) return 'not_asked';
  try {
    if (!(await mayAsk(name, context))) return 'not_asked';
    askedAt.set(name, context.clock.now().toISOString());
    return await refresh(name, balance, context);
  } catch (error) {
    logger.warn('A balance could not be refreshed', { provider: name, error });
    return 'unreadable';
  }
}

function isRecent(time: string | undefined, { clock, recentSeconds }: RefreshContext): boolean {
  return time !== undefined && secondsBetween(time, clock.now()) < recentSeconds;
}

/** Whether it is time to ask; if so, the moment in which that is allowed has come. */
async function mayAsk(provider: string, context: RefreshContext): Promise<boolean> {
  const { standing } = await context.standings.get(provider);
  if (isRecent(standing.balance?.at, context)) return false;
  if ((await context.credentials.getApiKey(provider)) === undefined) return false;
  return takeSlot(provider, context);
}

async function refresh(
  provider: string,
  readBalance: NonNullable<Provider['balance']>,
  context: StepContext,
): Promise<Refreshed> {
  const access = await accessProvider(context, provider, requestTimeoutMs);
  if (access === undefined) return 'not_asked';
  const reading = await readBalance(access.context);
  if (reading.kind === 'unreadable') {
    logger.warn('A balance could not be read', { provider, reason: reading.message });
    return reading.kind;
  }
  const balance = { microUsd: reading.microUsd, at: context.clock.now().toISOString() };
  await context.standings.update(provider, (standing) => ({ ...standing, balance }));
  return reading.kind;
}
