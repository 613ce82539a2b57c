import * as z from 'zod';
import { secondsAfter } from '../../shared/clock.ts';
import { canceledOnRequest } from '../../shared/domain/job-progress.ts';
import { toUsd } from '../../shared/domain/money.ts';
import { currentAttempt, isTerminal, type Task } from '../../shared/domain/task.ts';
import { holdOf, isCanceledInTime, positionOf } from '../../shared/domain/task-outcome.ts';
import { ConchError } from '../../shared/errors.ts';
import type { HttpAnswer } from '../../shared/http/http-event.ts';
import { toVideoId } from '../../shared/ids.ts';
import { settleTask } from '../../shared/ledger/settle.ts';
import { failUnsent } from '../../shared/steps/unsent.ts';
import { requireTask, type Written } from '../../shared/storage/task-store.ts';
import { releaseSleeper } from '../../shared/storage/workflow-starter.ts';
import type { AccountRequest, ApiDependencies } from './api-dependencies.ts';
import { awaitTask } from './await-task.ts';
import { requireVideo } from './require-video.ts';
import { videoAnswer } from './video-answer.ts';

/** How long the answer waits for a provider that may cancel the job. */
const maxWaitSeconds = 10;
/** After this the sweeper rings for whoever was not released. */
const ringGraceSeconds = 60;

export const cancelVideoParameters = z.object({ id: z.string() });
type Parameters = z.infer<typeof cancelVideoParameters>;
type CancelDependencies = Pick<
  ApiDependencies,
  'tasks' | 'ledger' | 'executions' | 'providers' | 'offers' | 'clock' | 'pause' | 'publicUrl'
>;

/**
 * POST /v1/videos/{id}/cancel: what nobody is paid for ends at once. What a provider has ends if it cancels the job,
 * else it runs out. Throws `video_ended` for one that completed or failed before.
 */
export async function cancelVideo(
  { parameters: { id }, account }: AccountRequest<Parameters>,
  api: CancelDependencies,
): Promise<HttpAnswer> {
  const view = await requireVideo({ id, account }, api.tasks);
  const requested = await requestEnd(view.task, api);
  if (requested !== 'stale') return videoAnswer({ ...view, task: await endOrAwait(requested, api) }, api);
  const ended = await requireTask(view.task.id, api.tasks);
  if (ended.state !== 'canceled') throw alreadyEnded(ended);
  return videoAnswer({ ...view, task: ended }, api);
}

/** From this write on nothing is sent for the task. Then whoever sleeps on it is woken to see it. */
async function requestEnd(task: Task, { tasks, executions, clock }: CancelDependencies): Promise<Written> {
  if (isSeen(task)) return task;
  const now = clock.now();
  const requested = await tasks.amend(task.id, {
    set: { wake: now.toISOString(), nextDueAt: secondsAfter(now, ringGraceSeconds) },
    setOnce: { cancelRequestedAt: now.toISOString() },
  });
  if (requested !== 'stale' && requested.taskToken !== undefined) {
    await releaseSleeper(executions, requested.taskToken);
  }
  return requested;
}

/** A look has taken up an earlier request: to ring again would only cost the provider another look. */
function isSeen(task: Task): boolean {
  const { cancelRequestedAt, wake } = task;
  return cancelRequestedAt !== undefined && wake === undefined && positionOf(task) === 'awaiting';
}

async function endOrAwait(task: Task, api: CancelDependencies): Promise<Task> {
  if (isCanceledInTime(task)) return endNow(task, api);
  if (api.providers.get(task.provider)?.cancel === undefined) return task;
  return awaitTask(task, { waitSeconds: maxWaitSeconds, isReached: isAnswered }, api);
}

/** As the workflow would. Each write is conditional: whichever of the two comes second finds it done. */
async function endNow(task: Task, { tasks, ledger, clock }: CancelDependencies): Promise<Task> {
  const failed = await failUnsent(task, canceledOnRequest, { tasks, clock });
  const decided = failed === 'stale' ? await requireTask(task.id, tasks) : failed;
  if (positionOf(decided) === 'decided') await settleTask(decided, clock.now(), ledger);
  return requireTask(task.id, tasks);
}

/** Whether the task has ended, or nobody can be asked any more to cancel its job. */
function isAnswered(task: Task): boolean {
  const { outcome, cancelAskedAt, isCancelConfirmed } = currentAttempt(task) ?? {};
  switch (positionOf(task)) {
    case 'awaiting':
      return outcome !== 'accepted' || (cancelAskedAt !== undefined && isCancelConfirmed !== true);
    case 'archiving':
      return true;
    default:
      return isTerminal(task.state);
  }
}

function alreadyEnded(task: Task): ConchError {
  const { state, failure, holdMicroUsd } = task;
  const end = failure === undefined ? state : `${state} (${failure.code})`;
  const money = `its hold of ${toUsd(holdMicroUsd)} USD is ${holdOf(task)}`;
  const message = `The video ${toVideoId(task.id)} is ${end} and cannot be canceled; ${money}, and nothing was changed`;
  return new ConchError('video_ended', message);
}
