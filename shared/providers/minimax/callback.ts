import type { CallbackClaim, CallbackMessage } from '../provider.ts';
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
  const { task_id: jobId, status } = wireTaskSchema.safeParse(wire).data ?? {};
  const kind = status !== undefined && isStillRunning(status) ? 'not_terminal' : 'terminal';
  return { kind, ...(jobId === undefined ? {} : { jobId }) };
}

function isStillRunning(status: string): boolean {
  const meaning = meaningOf(status);
  return meaning === 'queued' || meaning === 'running';
}
