import type { CallbackClaim, CallbackMessage } from '../provider.ts';
import { toClaim } from '../status-words.ts';
import { parseWireJson } from '../wire-reading.ts';
import { callbackSchema, meaningOf } from './wire.ts';

/**
 * Reads a callback, a bare task without a proof. A body that cannot be read and a status that we do not know
 * count as terminal: a look too many does no harm.
 */
export function verifyCallback({ body }: CallbackMessage): CallbackClaim {
  const task = callbackSchema.safeParse(parseWireJson(body)).data;
  return toClaim(task?.taskId, meaningOf(task?.status ?? ''));
}
