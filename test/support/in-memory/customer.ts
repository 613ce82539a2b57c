import * as z from 'zod';
import type { Pause } from '../../../shared/clock.ts';
import type { Budget } from '../../../shared/domain/budget.ts';
import { awaitAtRest } from '../activity.ts';
import { ContractFault } from '../contract/hold-to-contract.ts';
import type { Judge } from '../fault-kit/workers.ts';
import type { ApiCall, ApiResponse } from '../http-events.ts';
import { pauseBy } from '../in-process-functions.ts';
import type { MemoryGateway } from './memory-gateway.ts';

/** The account of every order. */
export const memoryAccount = 'acme';
/** Enough for what is ordered; without budgets nothing would guard the counters. */
const enough = { monthlyMicroUsd: 50_000_000, dailyMicroUsd: 20_000_000 } as const;

const repeatSeconds = 1;
const videoSchema = z.object({ id: z.string() });

/** Somebody who orders, and sends every request again until it is answered. */
export interface Customer {
  readonly pause: Pause;
  /** The calls that were answered well. */
  readonly answered: readonly ApiCall[];
  /** Sends it once; who judges is the judge of the worker. */
  try(call: ApiCall, judge?: Judge): Promise<ApiResponse>;
  call(call: ApiCall): Promise<ApiResponse>;
  /** Orders under a key of its own; the id of the video. Throws unless the order is accepted. */
  order(json: { readonly prompt: string; readonly [field: string]: unknown }): Promise<string>;
  /** Drops an order into the inbox; the event of a run that dies comes again. */
  drop(name: string, json: object): Promise<void>;
}

/** A customer of a fresh gateway, whose account and key have the same budget. */
export async function createCustomer(gateway: MemoryGateway, budget: Budget = enough): Promise<Customer> {
  const { clock, activity, context } = gateway;
  await context.accounts.createAccount(memoryAccount, clock.now(), budget);
  const { text: key } = await context.accounts.createKey(memoryAccount, clock.now(), budget);
  const pause = pauseBy(clock, activity);
  const answered: ApiCall[] = [];
  const insist = async <Answer>(send: () => Promise<Answer>): Promise<Answer> => {
    for (;;) {
      const [outcome] = await Promise.allSettled([awaitAtRest(activity, send)]);
      if (outcome.status === 'fulfilled') return outcome.value;
      if (outcome.reason instanceof ContractFault) throw outcome.reason;
      await pause(repeatSeconds);
    }
  };
  const send = async ({ headers, ...call }: ApiCall, judge?: Judge) => {
    const signed = { ...call, headers: { authorization: `Bearer ${key}`, ...headers } };
    const answer = await gateway.call(signed, judge);
    if (answer.status < 300) answered.push(signed);
    return answer;
  };
  const call = (given: ApiCall) =>
    insist(async () => {
      const answer = await send(given);
      if (answer.status < 500) return answer;
      throw new Error(`${given.path} was answered with ${answer.status}`);
    });
  return {
    pause,
    answered,
    try: send,
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
