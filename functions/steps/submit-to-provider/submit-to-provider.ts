import { setTimeout as sleep } from 'node:timers/promises';
import { secondsAfter, secondsBetween } from '../../../shared/clock.ts';
import { canceledOnRequest, type Failure, type SubmitOutcome } from '../../../shared/domain/job-progress.ts';
import { currentAttempt, sleepFields, type Task } from '../../../shared/domain/task.ts';
import { isCanceledInTime, positionOf } from '../../../shared/domain/task-outcome.ts';
import type { StepDecision, StepInput } from '../../../shared/domain/workflow-state.ts';
import { NotFoundError, TransientStepError } from '../../../shared/errors.ts';
import type { LedgerTables } from '../../../shared/ledger/accept.ts';
import { handOver } from '../../../shared/limits/hand-over.ts';
import { noteOutcome } from '../../../shared/limits/note-outcome.ts';
import { sleepSeconds, waitForPlace } from '../../../shared/limits/take-place.ts';
import { logger } from '../../../shared/logger.ts';
import { afterFailure } from '../../../shared/routing/health.ts';
import { recordOutcome } from '../../../shared/steps/attempt-outcome.ts';
import { decisionOf, toOutcomeRecord } from '../../../shared/steps/decision.ts';
import { accessProvider, type StepContext } from '../../../shared/steps/step-context.ts';
import {
  failUnsent,
  hasWaitedTooLong,
  maxQueueSeconds,
  waitedTooLong,
} from '../../../shared/steps/unsent.ts';
import { requireTask, type Written } from '../../../shared/storage/task-store.ts';
import { moveTo, type Order, turnElsewhere } from './alternatives.ts';
import { claimAttempt } from './claim-attempt.ts';
import { type JobInputs, toJobRequest } from './job-request.ts';
import { type Seat, takeSeat } from './seat.ts';

const submitTimeoutMs = 40_000;
/** Within the time that is left to the function after the wait for its moment and the request. */
const recordPausesMs = [100, 500, 1500, 4000, 8000] as const;
/** The sweeper looks after who waits. */
const queuedGraceSeconds = 10 * 60;

export interface SubmitContext extends StepContext, Pick<JobInputs, 'presignInput' | 'readInput'> {
  readonly publicUrl: string;
  readonly ledger: LedgerTables;
}

/** What became of the row, or that the task waits for a place. */
type Advance = Written | Extract<StepDecision, { decision: 'queue' }>;

/**
 * Finds a place at a provider, claims an attempt, sends it once and writes down how that ended. Run again from
 * the top it goes on from the row: what could have been sent is never sent again.
 */
export async function submitToProvider({ taskId }: StepInput, context: SubmitContext): Promise<StepDecision> {
  const view = await context.tasks.getTaskView(taskId);
  if (view === undefined) throw new NotFoundError(`The task ${taskId}`);
  const advance = await advanceOrder(view, context);
  if (advance !== 'stale' && 'decision' in advance) return advance;
  const task = advance === 'stale' ? await requireTask(taskId, context.tasks) : advance;
  return decisionOf(task, context);
}

async function advanceOrder(order: Order, context: SubmitContext): Promise<Advance> {
  const { task } = order;
  if (isCanceledInTime(task)) return failUnsent(task, canceledOnRequest, context);
  switch (positionOf(task)) {
    case 'unsent':
      return hasWaitedTooLong(task, context)
        ? failUnsent(task, waitedTooLong, context)
        : submitUnsent(order, context);
    case 'turned_down':
      return leaveProvider(order, context);
    default:
      return task;
  }
}

async function leaveProvider(order: Order, context: SubmitContext): Promise<Written> {
  const { id, attempts } = order.task;
  const failure = attempts.at(-1)?.failure;
  if (failure === undefined) throw new Error(`Task ${id} was turned down without a reason`);
  return turnElsewhere(order, failure, context);
}

async function submitUnsent(order: Order, context: SubmitContext): Promise<Advance> {
  const { task, request } = order;
  const access = await accessProvider(context, task.provider, submitTimeoutMs);
  if (access === undefined) return leaveUnserved(order, context);
  await forgetSleep(task, context);
  const seat = await takeSeat(order, context);
  switch (seat.kind) {
    case 'elsewhere':
      return moveTo(seat.priced, task, context);
    case 'full':
      return waitInQueue(order, context);
    case 'granted':
      return send({ task, request, seat }, context);
  }
}

/** A provider that is switched off, or that nobody stored a key for. */
async function leaveUnserved(order: Order, context: SubmitContext): Promise<Written> {
  const { provider } = order.task;
  const failure = noAccess(provider);
  await context.standings.update(provider, (standing) =>
    afterFailure(standing, failure.code, context.clock.now()),
  );
  return turnElsewhere(order, failure, context);
}

/** Before the place is looked at: a ring that comes from now on is for the next sleep, and keeps it from beginning. */
async function forgetSleep({ id, queuedAt, taskToken }: Task, { tasks }: SubmitContext): Promise<void> {
  if (queuedAt === undefined) return;
  const changes = { remove: [...sleepFields] };
  // A write that arrives once more, late, must leave the next sleep its token: nobody could end it before its time.
  await tasks.amend(
    id,
    changes,
    taskToken === undefined
      ? { text: 'attribute_not_exists({taskToken})' }
      : { text: '{taskToken} = :token', values: { ':token': taskToken } },
  );
}

/** The row first: it tells those who hand a place over that the task waits, and this step that it must leave. */
async function waitInQueue({ task, request }: Order, context: SubmitContext): Promise<Advance> {
  const now = context.clock.now();
  const waiting = await context.tasks.transition(task.id, {
    from: ['accepted'],
    to: 'accepted',
    guard: {
      text: 'attribute_not_exists({failure}) AND attribute_not_exists({cancelRequestedAt}) AND {provider} = :provider',
      values: { ':provider': task.provider },
    },
    set: { queuedAt: task.queuedAt ?? now.toISOString(), nextDueAt: secondsAfter(now, queuedGraceSeconds) },
  });
  if (waiting === 'stale') return 'stale';
  const place = await waitForPlace(waiting, context);
  if (place.kind === 'granted')
    return send({ task: waiting, request, seat: { ...place, hasTrouble: true } }, context);
  const limits = { now: context.clock.now(), maxQueueSeconds };
  return { decision: 'queue', nextLookSeconds: sleepSeconds(place, waiting, limits) };
}

interface Sending extends Order {
  readonly seat: Extract<Seat, { kind: 'granted' }>;
}

/**
 * All that takes a while comes before the wait, so that the order leaves at its moment. The key is read again after
 * it, and the time of the request starts only then.
 */
async function send({ task, request, seat }: Sending, context: SubmitContext): Promise<Written> {
  const jobRequest = await toJobRequest(task, request, context);
  if (task.queuedAt !== undefined) await leaveQueue(task, context);
  const waitSeconds = secondsBetween(context.clock.now(), seat.at);
  if (waitSeconds > 0) await context.pause(waitSeconds);
  const access = await accessProvider(context, task.provider, submitTimeoutMs);
  if (access === undefined) throw new TransientStepError(`The key of ${task.provider} went away`);
  const claim = await claimAttempt({ task, provider: access.provider, hasLease: seat.isLeased }, context);
  if (claim === 'stale') return 'stale';
  const outcome = await access.provider.submit(jobRequest, access.context, claim.callback);
  const claimed = { ...task, attempts: [...task.attempts, claim.attempt] };
  const written = await recordOutcomeOf(claimed, outcome, context);
  if (outcome.kind !== 'accepted' || seat.hasTrouble) await noteOutcome(task.provider, outcome, context);
  return written;
}

/** Who comes next may have a place too: only the head of a queue is woken by the time. */
async function leaveQueue(task: Task, context: SubmitContext): Promise<void> {
  await context.queue.leave(task.provider, task);
  await handOver(task.provider, context);
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
