import type { Caller } from '../../shared/http/authenticate.ts';
import { readRoom } from '../../shared/ledger/hold-in-budget.ts';
import type { Door } from '../../shared/providers/door.ts';
import type { DoorDependencies } from './door-dependencies.ts';

/**
 * What a balance route shows, in micro-USD: what the budgets of the account and its key leave; without any, what
 * is left at the door's own provider, as the sweeper last read it; 0 where nobody knows.
 */
export async function leftToSpend(
  { provider }: Door,
  { account, keyId, isKeyCounted }: Caller,
  { ledger, standings, clock }: DoorDependencies,
): Promise<number> {
  const now = clock.now().toISOString();
  const booked = { account, keyId, isKeyCounted, holdMonth: now.slice(0, 7), holdDay: now.slice(0, 10) };
  const room = await readRoom(booked, ledger);
  if (room !== undefined) return room;
  return (await standings.get(provider)).standing.balance?.microUsd ?? 0;
}
