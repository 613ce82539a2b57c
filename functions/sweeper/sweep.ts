import { secondsAfter } from '../../shared/clock.ts';
import { isTerminal, type Task } from '../../shared/domain/task.ts';
import { positionOf } from '../../shared/domain/task-outcome.ts';
import type { StepInput } from '../../shared/domain/workflow-state.ts';
import { logger } from '../../shared/logger.ts';
import { count } from '../../shared/metrics.ts';
import { type FollowUpContext, finishFollowUps } from '../../shared/ordering/follow-ups.ts';
import { isLeft } from '../../shared/storage/follow-up-conditions.ts';
import type { ItemCondition } from '../../shared/storage/update-expression.ts';
import { executionStanding, startExecution } from '../../shared/storage/workflow-starter.ts';
import { removeWhenDue } from './remove-when-due.ts';
import { tendProviders } from './tend-providers.ts';
import { tendSleeper } from './tend-sleeper.ts';

export interface SweepContext extends FollowUpContext {
  readonly stateMachineArn: string;
}

/** What was found and done about one task. */
export type Repair =
  | 'started'
  | 'restarted'
  | 'still_running'
  | 'followed_up'
  | 'removed'
  | 'nothing'
  | 'failed';

/** A task whose execution lives is looked at again after so long. */
const stillRunningSeconds = 5 * 60;
/** From this run on a failed execution waits for the schedule. */
const maxQuickRuns = 3;
/** So many tasks a sweep, so many at once. */
const maxTasks = 500;
const batchSize = 25;

/** Repairs what is due, the longest overdue first, and counts what it did. */
export async function sweep(context: SweepContext): Promise<Record<Repair | 'handed_over', number>> {
  const counts = {
    started: 0,
    restarted: 0,
    still_running: 0,
    followed_up: 0,
    removed: 0,
    nothing: 0,
    failed: 0,
  };
  const ids = await context.tasks.listDueTaskIds(context.clock.now(), maxTasks);
  for (let first = 0; first < ids.length; first += batchSize) {
    const batch = ids.slice(first, first + batchSize).map((id) => tryRepair(id, context));
    for (const repaired of await Promise.all(batch)) counts[repaired] += 1;
  }
  for (const [repaired, times] of Object.entries(counts)) count('SweeperRepair', { repair: repaired }, times);
  return { ...counts, handed_over: await tendProviders(context) };
}

/** One task that cannot be repaired must not keep the others waiting, now or at the next sweep. */
async function tryRepair(taskId: string, context: SweepContext): Promise<Repair> {
  try {
    return await repair(taskId, context);
  } catch (error) {
    logger.error('A task could not be repaired', { taskId, error });
    await postpone(taskId, context);
    return 'failed';
  }
}

/**
 * Repairs the task of an execution that just ended badly. After a few runs it is left to the schedule, so that
 * an execution that fails at once cannot restart itself in a circle.
 */
export async function repairAfter({ taskId, run }: StepInput, context: SweepContext): Promise<Repair> {
  if (run < maxQuickRuns) return repair(taskId, context);
  await postpone(taskId, context);
  return 'nothing';
}

/** Brings one task forward by the steps that would have done it anyway. */
async function repair(taskId: string, context: SweepContext): Promise<Repair> {
  const task = await context.tasks.getTask(taskId);
  if (task === undefined) return 'nothing';
  if (isTerminal(task.state)) return repairEnded(task, context);
  return repairExecution(task, context);
}

/** All that is left to do takes no execution, but looking into a job that showed up late. */
async function repairEnded(task: Task, context: SweepContext): Promise<Repair> {
  const isAnyDone = await finishFollowUps(task.id, context);
  if (positionOf(task) !== 'terminal') return repairExecution(task, context);
  return isAnyDone ? 'followed_up' : removeWhenDue(task, context);
}

/** An execution's name is used up once it ended: only then, and by one writer, is the run's number raised. */
async function repairExecution(task: Task, context: SweepContext): Promise<Repair> {
  const { executions, stateMachineArn } = context;
  const input = { taskId: task.id, run: task.run };
  switch (await executionStanding(executions, stateMachineArn, input)) {
    case 'running':
      await tendSleeper(task, context);
      await postpone(task.id, context);
      return 'still_running';
    case 'absent':
      await startExecution(executions, stateMachineArn, input);
      await postpone(task.id, context);
      return 'started';
    case 'dead':
      return restart(task, context);
  }
}

async function restart(task: Task, context: SweepContext): Promise<Repair> {
  const run = task.run + 1;
  const changes = { set: { run, nextDueAt: secondsAfter(context.clock.now(), stillRunningSeconds) } };
  const isDead = { text: '{run} = :dead', values: { ':dead': task.run } };
  const { tasks } = context;
  const raised = isTerminal(task.state)
    ? await tasks.amendTerminal(task.id, changes, whileEvidenceIsLeft(isDead))
    : await tasks.amend(task.id, changes, isDead);
  if (raised === 'stale') return 'nothing';
  await startExecution(context.executions, context.stateMachineArn, { taskId: task.id, run });
  return 'restarted';
}

/** Else a task with nothing left to do would be due for ever. */
function whileEvidenceIsLeft({ text, values }: ItemCondition): ItemCondition {
  const isEvidenceLeft = isLeft('evidence');
  return { text: `${text} AND ${isEvidenceLeft.text}`, values: { ...values, ...isEvidenceLeft.values } };
}

async function postpone(taskId: string, { tasks, clock }: SweepContext): Promise<void> {
  await tasks.postpone(taskId, secondsAfter(clock.now(), stillRunningSeconds));
}
