import { type Clock, secondsBetween } from '../clock.ts';
import type { StandingStore } from './standing-store.ts';

/** To route by, what was true a second ago is good enough; how long jobs take changes more slowly still. */
const listSeconds = 1;
const recallSeconds = 10;

/** The same store, for a warm function: what need not be exact is read once for many orders. */
export function withRecentStandings(store: StandingStore, clock: Clock): StandingStore {
  const lists = rememberFor(listSeconds, clock, (names: string) => store.list(names.split(' ')));
  return {
    ...store,
    list: (providers) => lists(providers.join(' ')),
    recall: rememberFor(recallSeconds, clock, store.recall),
  };
}

/** A reading that failed is not remembered. */
function rememberFor<Value>(
  seconds: number,
  clock: Clock,
  read: (name: string) => Promise<Value>,
): (name: string) => Promise<Value> {
  const known = new Map<string, { readonly at: Date; readonly value: Promise<Value> }>();
  return (name) => {
    const recent = known.get(name);
    if (recent !== undefined && secondsBetween(recent.at, clock.now()) < seconds) return recent.value;
    const value = read(name);
    known.set(name, { at: clock.now(), value });
    value.catch(() => known.delete(name));
    return value;
  };
}
