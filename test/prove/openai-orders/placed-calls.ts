import { callerHeader } from '../../support/fault-kit/faulty-front.ts';
import type { MemoryGateway } from '../../support/in-memory/memory-gateway.ts';
import type { Customer } from './customer.ts';
import { letTimePass } from './passing-time.ts';
import { meetsSilence, type PlannedCall, type Wave } from './planned-calls.ts';

/** A call and what its client was told. */
export interface PlacedCall {
  readonly call: PlannedCall;
  /** Absent when no answer told it. */
  readonly videoId?: string;
}

/** So long a client waits for an answer that never comes. */
const timeoutMs = 600;

/** Makes all calls of a wave at once. */
export async function placeWave(
  { calls, secondsInDoubt }: Wave,
  customer: Customer,
  gateway: MemoryGateway,
): Promise<readonly PlacedCall[]> {
  const { withholding } = customer;
  if (secondsInDoubt > 0) withholding.begin(calls.map(({ name }) => name));
  const placing = Promise.all(calls.map((call) => placeCall(call, customer)));
  if (secondsInDoubt > 0) {
    await withholding.untilAllAsked();
    await letTimePass(gateway, secondsInDoubt);
    withholding.end();
  }
  return placing;
}

/** Whoever has a key orders again when the client gives up. */
async function placeCall(call: PlannedCall, customer: Customer): Promise<PlacedCall> {
  const { name, idempotencyKey } = call;
  const haste = meetsSilence(call) ? { timeout: timeoutMs } : {};
  const first = await create(call, { caller: name, ...haste }, customer);
  const isInsistent = first === undefined && idempotencyKey !== undefined;
  const videoId = isInsistent ? await create(call, { caller: `${name}, again` }, customer) : first;
  return { call, ...(videoId !== undefined && { videoId }) };
}

interface Request {
  readonly caller: string;
  readonly timeout?: number;
}

async function create(
  { order, idempotencyKey }: PlannedCall,
  { caller, ...haste }: Request,
  { client, front }: Customer,
): Promise<string | undefined> {
  const { prompt, model } = order;
  const body = { prompt, provider: 'auto', ...(model !== undefined && { model }) };
  const headers = {
    [callerHeader]: caller,
    ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
  };
  try {
    return (await client.videos.create(body, { headers, ...haste })).id;
  } catch {
    // It gave up, however it puts that; the order may have come through all the same.
    return undefined;
  } finally {
    await front.endCall(caller);
  }
}
