import OpenAI from 'openai';
import {
  type FaultyFront,
  type SentRequest,
  startFaultyFront,
} from '../../support/fault-kit/faulty-front.ts';
import type { Mishap } from '../../support/fault-kit/mishaps.ts';
import { WorkerDiedError } from '../../support/fault-kit/worker.ts';
import type { ApiCall, ApiResponse } from '../../support/http-events.ts';
import type { MemoryGateway } from '../../support/in-memory/memory-gateway.ts';
import { startBucketServer } from './served-bucket.ts';
import { createWithholding, type Withholding } from './withholding.ts';

/** Whose orders they all are. */
export const provingAccount = 'acme';

/** OpenAI's client as it comes, its own repeats on, before a gateway that it reaches badly. */
export interface Customer {
  readonly client: OpenAI;
  readonly front: FaultyFront;
  readonly withholding: Withholding;
  close(): Promise<void>;
}

/** `mishapOf` says what becomes of a request. */
export async function openCustomer(
  gateway: MemoryGateway,
  mishapOf: (sent: SentRequest) => Mishap,
): Promise<Customer> {
  const apiKey = await createKey(gateway);
  const withholding = createWithholding();
  const bucket = await startBucketServer(gateway);
  const front = await startFaultyFront({
    deliver: async (call) => bucket.redirect(await deliver(call, gateway)),
    mishapOf,
    beforeAnswer: async ({ caller, retryCount }) => {
      if (retryCount === 0) await withholding.answer(caller);
    },
  });
  return {
    client: new OpenAI({ apiKey, baseURL: `${front.url}/v1` }),
    front,
    withholding,
    async close() {
      await front.close();
      await bucket.close();
    },
  };
}

async function createKey({ context, clock }: MemoryGateway): Promise<string> {
  await context.accounts.createAccount(provingAccount, clock.now());
  return (await context.accounts.createKey(provingAccount, clock.now())).text;
}

/** As API Gateway answers for a function that died, but that it asks for a repeat soon. */
async function deliver(call: ApiCall, gateway: MemoryGateway): Promise<ApiResponse> {
  try {
    return await gateway.call(call);
  } catch (error) {
    if (!(error instanceof WorkerDiedError)) throw error;
    const headers = { 'content-type': 'application/json', 'retry-after-ms': '20' };
    return { status: 500, headers, body: { message: 'Internal Server Error' } };
  }
}
