import { setTimeout as sleep } from 'node:timers/promises';
import type { Failure, SubmitOutcome } from '../../../shared/domain/job-progress.ts';
import { currentAttempt, type Task } from '../../../shared/domain/task.ts';
import { positionOf } from '../../../shared/domain/task-outcome.ts';
import type { VideoRequest } from '../../../shared/domain/video-request.ts';
import type { StepDecision, StepInput } from '../../../shared/domain/workflow-state.ts';
import { NotFoundError } from '../../../shared/errors.ts';
import { logger } from '../../../shared/logger.ts';
import { recordOutcome } from '../../../shared/steps/attempt-outcome.ts';
import { decisionOf, toOutcomeRecord } from '../../../shared/steps/decision.ts';
import { accessProvider, type StepContext } from '../../../shared/steps/step-context.ts';
import { failUnsent, hasWaitedTooLong, waitedTooLong } from '../../../shared/steps/unsent.ts';
import { requireTask, type Written } from '../../../shared/storage/task-store.ts';
import { claimAttempt } from './claim-attempt.ts';
import { type PresignInput, toJobRequest } from './job-request.ts';

const submitTimeoutMs = 40_000;
/** Within the 20 s that are left of the function's time. */
const recordPausesMs = [100, 500, 1500, 4000, 8000] as const;

export interface SubmitContext extends StepContext {
  readonly publicUrl: string;
  readonly presignInput: PresignInput;
}

/**
 * Claims an attempt, sends it to the provider once and writes down how that ended. Run again from the top it
 * goes on from the row: what could have been sent is never sent again.
 */
export async function submitToProvider({ taskId }: StepInput, context: SubmitContext): Promise<StepDecision> {
  const view = await context.tasks.getTaskView(taskId);
  if (view === undefined) throw new NotFoundError(`The task ${taskId}`);
  const written = await advance(view.task, view.request, context);
  const task = written === 'stale' ? await requireTask(taskId, context.tasks) : written;
  return decisionOf(task, context);
}

async function advance(task: Task, request: VideoRequest, context: SubmitContext): Promise<Written> {
  switch (positionOf(task)) {
    case 'unsent':
      return submitUnsent(task, request, context);
    default:
      return task;
  }
}

async function submitUnsent(task: Task, request: VideoRequest, context: SubmitContext): Promise<Written> {
  if (hasWaitedTooLong(task, context)) return failUnsent(task, waitedTooLong, context);
  const access = await accessProvider(context, task.provider, submitTimeoutMs);
  if (access === undefined) return failUnsent(task, noAccess(task.provider), context);
  const jobRequest = await toJobRequest(task, request, context.presignInput);
  const claim = await claimAttempt(task, access.provider, context);
  if (claim === 'stale') return 'stale';
  const outcome = await access.provider.submit(jobRequest, access.context, claim.callback);
  return recordOutcomeOf({ ...task, attempts: [...task.attempts, claim.attempt] }, outcome, context);
}

async function recordOutcomeOf(task: Task, outcome: SubmitOutcome, context: SubmitContext): Promise<Written> {
  const attempt = currentAttempt(task);
  if (attempt === undefined) throw new Error(`Task ${task.id} was submitted without an attempt`);
  // First of all to the log: whatever happens now, a job that was paid for can be found.
  logger.info('A submit ended', { taskId: task.id, outcome });
  const record = toOutcomeRecord(task, attempt, context);
  const written = await withPatience(() => recordOutcome(record, outcome));
  if (written === 'stale') logger.error('The end of a submit came too late', { taskId: task.id, outcome });
  return written;
}

/** The most valuable write of all: it is repeated for as long as the function lives. Its conditions allow that. */
async function withPatience(write: () => Promise<Written>): Promise<Written> {
  for (const pauseMs of recordPausesMs) {
    try {
      return await write();
    } catch (error) {
      logger.warn('The end of a submit could not be written yet', { error });
      await sleep(pauseMs);
    }
  }
  return write();
}

function noAccess(provider: string): Failure {
  return {
    code: 'provider_auth',
    message: `The provider ${provider} is not enabled or has no API key: run npm run credentials -- set ${provider}`,
    charged: 'no',
  };
}
