import { isSameSecret } from '../../ids.ts';
import type { CallbackClaim, CallbackMessage } from '../provider.ts';
import { toClaim } from '../status-words.ts';
import { parseWireJson } from '../wire-reading.ts';
import { meaningOf, webhookSchema } from './wire.ts';

/**
 * Reads a webhook, which carries our secret verbatim in `x-webhook-secret`, says public documentation; the
 * document does not, so its absence is no forgery. With a right proof or none, a body that cannot be read and a
 * status that we do not know count as terminal: a look too many does no harm.
 */
export function verifyCallback({ headers, body }: CallbackMessage, proof: string): CallbackClaim {
  const given = headers['x-webhook-secret'];
  if (given !== undefined && !isSameSecret(given, proof)) return { kind: 'bad_proof' };
  const task = webhookSchema.safeParse(parseWireJson(body)).data?.data;
  return toClaim(task?.task_id, meaningOf(task?.status ?? ''));
}
