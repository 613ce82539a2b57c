import type { CallbackClaim, CallbackMessage } from '../provider.ts';
import { toClaim } from '../status-words.ts';
import { parseWireJson } from '../wire-reading.ts';
import { envelopeSchema, meaningOf } from './wire.ts';

/**
 * Reads a callback, which says what a status answer says, envelope included, and carries no proof. A body that
 * cannot be read and a state that we do not know count as terminal: a look too many does no harm.
 */
export function verifyCallback({ body }: CallbackMessage): CallbackClaim {
  const task = envelopeSchema.safeParse(parseWireJson(body)).data?.data;
  return toClaim(task?.taskId, meaningOf(task?.state ?? ''));
}
