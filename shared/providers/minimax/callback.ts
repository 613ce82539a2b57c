import type { CallbackClaim, CallbackMessage } from '../provider.ts';
import { toClaim } from '../status-words.ts';
import { parseWireJson } from '../wire-reading.ts';
import { challengeSchema, meaningOf, wireTaskSchema } from './wire.ts';

/** Nobody shall make us send back megabytes. */
const maxChallengeLength = 1024;

/**
 * Reads a callback. It has no proof: only the secret in its path speaks for it. A challenge is sent back as it
 * came. A body that cannot be read and a status that we do not know count as terminal: a look too many does no harm.
 */
export function verifyCallback({ body }: CallbackMessage): CallbackClaim {
  const wire = parseWireJson(body);
  const asked = challengeSchema.safeParse(wire).data;
  if (asked !== undefined) {
    const isShort = asked.challenge.length <= maxChallengeLength;
    return isShort ? { kind: 'challenge', answer: asked } : { kind: 'not_terminal' };
  }
  const task = wireTaskSchema.safeParse(wire).data;
  return toClaim(task?.task_id, meaningOf(task?.status ?? ''));
}
