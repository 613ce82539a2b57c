import { type Clock, secondsBetween } from '../clock.ts';
import type { ProviderRecord, StandingStore } from './standing-store.ts';

/** To route by, what was true a second ago is good enough; how long jobs take changes more slowly still. */
const listSeconds = 1;
const recallSeconds = 10;

/** The same store, for a warm function: what need not be exact is read once for many orders. */
export function withRecentStandings(store: StandingStore, clock: Clock): StandingStore {
  const lists = rememberFor<ReadonlyMap<string, ProviderRecord>>(listSeconds, clock);
  const recalled = rememberFor<ProviderRecord>(recallSeconds, clock);
  return {
    ...store,
    list: (providers) => lists(providers.join(' '), () => store.list(providers)),
    recall: (provider) => recalled(provider, () => store.recall(provider)),
  };
}

/** A reading that failed is not remembered. */
function rememberFor<Value>(seconds: number, clock: Clock) {
  const known = new Map<string, { readonly at: Date; readonly value: Promise<Value> }>();
  return (name: string, read: () => Promise<Value>): Promise<Value> => {
    const recent = known.get(name);
    if (recent !== undefined && secondsBetween(recent.at, clock.now()) < seconds) return recent.value;
    const value = read();
    known.set(name, { at: clock.now(), value });
    value.catch(() => known.delete(name));
    return value;
  };
}
