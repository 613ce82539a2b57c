import type { MarketAccount } from '../market/credits.ts';
import { createMarketUpstream } from '../market/upstream.ts';

/** Talks the market dialect, as it is. */
export function createUpstream(account: Omit<MarketAccount, 'label'>) {
  return createMarketUpstream({ label: 'Apikley', ...account });
}
