import * as z from 'zod';
import type { Pause } from '../../../shared/clock.ts';
import type { ApiCall, ApiResponse } from '../http-events.ts';
import { pauseBy } from '../in-process-functions.ts';
import type { MemoryGateway } from './memory-gateway.ts';

/** The account of every order. */
export const memoryAccount = 'acme';
/** Enough for what is ordered; without budgets nothing would guard the counters. */
const budget = { monthlyMicroUsd: 50_000_000, dailyMicroUsd: 20_000_000 } as const;

const repeatSeconds = 1;
const videoSchema = z.object({ id: z.string() });

/** Somebody who orders, and sends every request again until it is answered. */
export interface Customer {
  readonly pause: Pause;
  /** Every call so far, each once. */
  readonly calls: readonly ApiCall[];
  call(call: ApiCall): Promise<ApiResponse>;
  /** Orders under a key of its own; the id of the video. Throws unless the order is accepted. */
  order(json: { readonly prompt: string; readonly [field: string]: unknown }): Promise<string>;
  /** Drops an order into the inbox; the event of a run that dies comes again. */
  drop(name: string, json: object): Promise<void>;
}

/** A customer of a fresh gateway. What it does counts as under way. */
export async function createCustomer(gateway: MemoryGateway): Promise<Customer> {
  const { clock, activity, context } = gateway;
  await context.accounts.createAccount(memoryAccount, clock.now(), budget);
  const { text: key } = await context.accounts.createKey(memoryAccount, clock.now(), budget);
  const pause = pauseBy(clock, activity);
  const calls: ApiCall[] = [];
  const insist = async <Answer>(send: () => Promise<Answer>): Promise<Answer> => {
    for (;;) {
      try {
        return await send();
      } catch {
        await pause(repeatSeconds);
      }
    }
  };
  const call = ({ headers, ...rest }: ApiCall) => {
    const full = { ...rest, headers: { authorization: `Bearer ${key}`, ...headers } };
    calls.push(full);
    return insist(() => gateway.call(full));
  };
  return {
    pause,
    calls,
    call,
    async order(json) {
      const headers = { 'idempotency-key': json.prompt };
      const { body } = await call({ method: 'POST', path: '/v1/videos', headers, json });
      return videoSchema.parse(body).id;
    },
    async drop(name, json) {
      const inboxKey = `inbox/${memoryAccount}/${name}.json`;
      await context.media.putObject(inboxKey, JSON.stringify(json), 'application/json');
      await insist(() => gateway.takeInFile(inboxKey));
    },
  };
}
