import type { CallbackClaim, CallbackMessage } from '../provider.ts';
import { parseWireJson } from '../wire-reading.ts';
import { callbackSchema, meaningOf } from './wire.ts';

/**
 * Reads a callback, a bare task without a proof. A body that cannot be read and a status that we do not know
 * count as terminal: a look too many does no harm.
 */
export function verifyCallback({ body }: CallbackMessage): CallbackClaim {
  const { taskId, status } = callbackSchema.safeParse(parseWireJson(body)).data ?? {};
  const isRunning = status !== undefined && meaningOf(status) === 'running';
  return {
    kind: isRunning ? 'not_terminal' : 'terminal',
    ...(taskId === undefined ? {} : { jobId: taskId }),
  };
}
