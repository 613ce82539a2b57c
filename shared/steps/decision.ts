import type { Clock } from '../clock.ts';
import { nextLookSeconds, type Wait } from '../domain/look-schedule.ts';
import { type Attempt, currentAttempt, type Task } from '../domain/task.ts';
import { positionOf } from '../domain/task-outcome.ts';
import type { StepDecision } from '../domain/workflow-state.ts';
import type { Provider } from '../providers/provider.ts';
import type { OutcomeRecord } from './attempt-outcome.ts';
import type { StepContext } from './step-context.ts';

/** While another worker may still be writing down how its submit ended. */
const claimedLookSeconds = 30;

/** Of an offer that is not sold any more. */
const fallbackTypicalSeconds = 180;

interface DecisionContext {
  readonly providers: ReadonlyMap<string, Provider>;
  readonly clock: Clock;
}

/** What the row asks for next, whatever step asks. */
export function decisionOf(task: Task, context: DecisionContext): StepDecision {
  switch (positionOf(task)) {
    case 'unsent':
      return { decision: 'submit' };
    case 'claimed':
      return { decision: 'await', nextLookSeconds: claimedLookSeconds };
    case 'awaiting':
      return { decision: 'await', nextLookSeconds: nextLookSeconds(waitOf(task, context)) };
    case 'archiving':
      return { decision: 'archive' };
    case 'decided':
      return { decision: 'settle' };
    case 'terminal':
      return { decision: 'done' };
  }
}

/** The waiting of a task in `processing`. */
export function waitOf(task: Task, { providers, clock }: DecisionContext): Wait {
  const attempt = currentAttempt(task);
  const since = attempt?.outcomeAt ?? task.createdAt;
  return {
    since,
    deadlineAt: task.deadlineAt ?? since,
    now: clock.now(),
    typicalSeconds: typicalSecondsOf(task, providers),
    hasCallback: attempt?.callbackSecretHash !== undefined,
    looks: task.looks,
  };
}

/** How long a job of the task's offer usually takes. */
function typicalSecondsOf(
  { provider, nativeModel, operation }: Task,
  providers: ReadonlyMap<string, Provider>,
): number {
  const offers = providers.get(provider)?.offers ?? [];
  const offer = offers.find((other) => other.nativeModel === nativeModel && other.operation === operation);
  return offer?.typicalSeconds ?? fallbackTypicalSeconds;
}

/** What writing down the end of an attempt's submit takes. */
export function toOutcomeRecord(
  task: Task,
  attempt: Attempt,
  { tasks, clock, providers }: StepContext,
): OutcomeRecord {
  const typicalSeconds = typicalSecondsOf(task, providers);
  return { tasks, taskId: task.id, attempt, now: clock.now(), typicalSeconds };
}
