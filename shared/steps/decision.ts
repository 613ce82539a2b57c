import type { Clock } from '../clock.ts';
import { type GenerationTimes, priorTimes } from '../domain/generation-times.ts';
import { nextLookSeconds, type Wait } from '../domain/look-schedule.ts';
import { findOffer, offerKey } from '../domain/offer.ts';
import { type Attempt, currentAttempt, type Task } from '../domain/task.ts';
import { positionOf } from '../domain/task-outcome.ts';
import type { StepDecision } from '../domain/workflow-state.ts';
import type { Provider } from '../providers/provider.ts';
import type { StandingStore } from '../storage/standing-store.ts';
import type { OutcomeRecord } from './attempt-outcome.ts';
import type { StepContext } from './step-context.ts';

/** While another worker may still be writing down how its submit ended. */
const claimedLookSeconds = 30;

/** Of an offer that is not sold any more. */
const fallbackTypicalSeconds = 180;

interface DecisionContext {
  readonly providers: ReadonlyMap<string, Provider>;
  readonly standings: StandingStore;
  readonly clock: Clock;
}

/** What the row asks for next, whatever step asks. */
export async function decisionOf(task: Task, context: DecisionContext): Promise<StepDecision> {
  switch (positionOf(task)) {
    case 'unsent':
    case 'turned_down':
      return { decision: 'submit' };
    case 'claimed':
      return { decision: 'await', nextLookSeconds: claimedLookSeconds };
    case 'awaiting':
    case 'sought':
    case 'found':
      return { decision: 'await', nextLookSeconds: nextLookSeconds(await waitOf(task, context)) };
    case 'archiving':
    case 'salvaging':
      return { decision: 'archive' };
    case 'decided':
      return { decision: 'settle' };
    case 'terminal':
      return { decision: task.followUps.length === 0 ? 'done' : 'settle' };
  }
}

/** The waiting of a task in `processing`, or of one that ended, for a job that showed up since. */
export async function waitOf(task: Task, context: DecisionContext): Promise<Wait> {
  const attempt = currentAttempt(task);
  return {
    since: task.evidence?.since ?? attempt?.outcomeAt ?? task.createdAt,
    ...deadlineOf(task, context),
    times: await generationTimesOf(task, context),
    hasCallback: attempt?.callbackSecretHash !== undefined,
  };
}

/** Until when a task waits for its job, and the time by which that is measured. */
export function deadlineOf(
  task: Task,
  { clock }: Pick<DecisionContext, 'clock'>,
): Pick<Wait, 'deadlineAt' | 'now'> {
  const since = currentAttempt(task)?.outcomeAt ?? task.createdAt;
  return { deadlineAt: task.deadlineAt ?? since, now: clock.now() };
}

/** What was learned of how long such jobs take; as long as nothing was, what the catalogue says. */
async function generationTimesOf(
  task: Task,
  { providers, standings }: DecisionContext,
): Promise<GenerationTimes> {
  const typicalSeconds = typicalSecondsOf(task, providers);
  const { times } = await standings.recall(task.provider);
  const learned = times.get(offerKey(task));
  return learned?.priorSeconds === typicalSeconds ? learned : priorTimes(typicalSeconds);
}

/** How long the catalogue says that a job of the task's offer takes. */
export function typicalSecondsOf(task: Task, providers: ReadonlyMap<string, Provider>): number {
  const offers = providers.get(task.provider)?.offers ?? [];
  return findOffer(offers, task)?.typicalSeconds ?? fallbackTypicalSeconds;
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
