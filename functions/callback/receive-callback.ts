import type { SFNClient } from '@aws-sdk/client-sfn';
import * as z from 'zod';
import type { Clock } from '../../shared/clock.ts';
import { type Attempt, attemptPath, currentAttempt, type Task } from '../../shared/domain/task.ts';
import { callbackProof, isSameSecret, sha256 } from '../../shared/ids.ts';
import { logger } from '../../shared/logger.ts';
import type { CallbackMessage, Provider } from '../../shared/providers/provider.ts';
import type { TaskStore } from '../../shared/storage/task-store.ts';
import { releaseSleeper } from '../../shared/storage/workflow-starter.ts';
import { type LateJob, noteLateJob } from './note-late-job.ts';

export const callbackPathSchema = z.object({
  provider: z.string(),
  taskId: z.string().regex(/^[0-9a-f]{16}$/),
  attempt: z.coerce.number().int().positive(),
  secret: z.string().min(1),
});
export type CallbackPath = z.infer<typeof callbackPathSchema>;

export interface CallbackContext {
  readonly tasks: TaskStore;
  readonly executions: SFNClient;
  readonly providers: ReadonlyMap<string, Provider>;
  readonly clock: Clock;
}

/** `unknown` does not tell a wrong task from a wrong secret; who is `challenged` answers in the provider's words. */
export type CallbackReceipt =
  | { readonly kind: 'rang' | 'ignored' | 'bad_proof' | 'unknown' }
  | { readonly kind: 'challenged'; readonly answer: Readonly<Record<string, unknown>> };

/**
 * Takes a callback for what it is, a hint to look now: nothing that it says is believed. A job id that it
 * names is kept for an attempt of which we do not know whether it reached the provider.
 */
export async function receiveCallback(
  path: CallbackPath,
  message: CallbackMessage,
  context: CallbackContext,
): Promise<CallbackReceipt> {
  const task = await context.tasks.getTask(path.taskId);
  const attempt = task?.attempts.find(({ number }) => number === path.attempt);
  const verify = context.providers.get(path.provider)?.verifyCallback;
  if (task === undefined || attempt === undefined || verify === undefined) return { kind: 'unknown' };
  if (!isAddressedTo(attempt, path)) return { kind: 'unknown' };
  const claim = verify(message, callbackProof(path.secret));
  switch (claim.kind) {
    case 'bad_proof':
      return { kind: 'bad_proof' };
    case 'challenge':
      return { kind: 'challenged', answer: claim.answer };
    case 'not_terminal':
      return keepHint(task, { attempt, jobId: claim.jobId }, context);
    case 'terminal':
      if (currentAttempt(task) !== attempt) return { kind: 'ignored' };
      return ring(task, { attempt, jobId: claim.jobId }, context);
  }
}

function isAddressedTo(attempt: Attempt, { provider, secret }: CallbackPath): boolean {
  if (attempt.provider !== provider || attempt.callbackSecretHash === undefined) return false;
  return isSameSecret(sha256(secret), attempt.callbackSecretHash);
}

interface Hint {
  readonly attempt: Attempt;
  readonly jobId: string | undefined;
}

/** The job of an order whose answer was lost: the next look adopts it, also when no other callback comes. */
async function keepHint(
  task: Task,
  { attempt, jobId }: Hint,
  context: CallbackContext,
): Promise<CallbackReceipt> {
  if (attempt.outcome === 'accepted' || jobId === undefined) return { kind: 'ignored' };
  const kept = await context.tasks.amend(task.id, {
    set: { [`${attemptPath(attempt.number)}.hintedJobId`]: jobId },
  });
  if (kept !== 'stale') return { kind: 'ignored' };
  return keepEvidence({ taskId: task.id, attempt: attempt.number, jobId, isEnd: false }, context);
}

/** The task ended before its job showed up. */
async function keepEvidence(late: LateJob, context: CallbackContext): Promise<CallbackReceipt> {
  const task = await noteLateJob(late, context);
  if (task === undefined) return { kind: 'ignored' };
  return wake(task, context);
}

/** Leaves word on the row first: a sleeper that is about to lie down finds it there. */
async function ring(
  task: Task,
  { attempt, jobId }: Hint,
  context: CallbackContext,
): Promise<CallbackReceipt> {
  const hint = attempt.outcome === 'accepted' ? undefined : jobId;
  const rung = await context.tasks.amend(task.id, {
    set: { wake: context.clock.now().toISOString(), [`${attemptPath(attempt.number)}.hintedJobId`]: hint },
  });
  if (rung !== 'stale') return wake(rung, context);
  if (hint === undefined) return { kind: 'ignored' };
  return keepEvidence({ taskId: task.id, attempt: attempt.number, jobId: hint, isEnd: true }, context);
}

async function wake({ id, taskToken }: Task, { executions }: CallbackContext): Promise<CallbackReceipt> {
  logger.info('A callback rang', { taskId: id, asleep: taskToken !== undefined });
  if (taskToken !== undefined) await releaseSleeper(executions, taskToken);
  return { kind: 'rang' };
}
