import type { CallbackClaim, CallbackMessage } from '../provider.ts';
import { toClaim } from '../status-words.ts';
import { parseWireJson } from '../wire-reading.ts';
import { envelopeSchema, meaningOf } from './wire.ts';

/**
 * Reads a callback, which shows the task as a look does. Its signature, where an account has one, does not cover
 * the body, so it is not read. A body that cannot be read and a state that we do not know count as terminal: a
 * look too many does no harm.
 */
export function verifyMarketCallback({ body }: CallbackMessage): CallbackClaim {
  const task = envelopeSchema.safeParse(parseWireJson(body)).data?.data;
  return toClaim(task?.taskId, meaningOf(task?.state ?? ''));
}
