import { secondsAfter } from '../../../shared/clock.ts';
import { callResource, lostCall } from './call-resource.ts';
import { combine, selectBy, toJson, toScope } from './data-flow.ts';
import type { Answer, Pending } from './execution.ts';
import { readPath } from './expression.ts';
import { findCatcher, planRetry } from './failure-rules.ts';
import { taskEvent } from './history.ts';
import { fillTemplate } from './payload-template.ts';
import { closeExecution, commitPending, leaveState, type Run, waitFor } from './run.ts';
import { type TaskState, timeoutSecondsSchema } from './states.ts';
import { StatesError } from './states-error.ts';
import { newTaskToken } from './task-token.ts';

type Failure = Extract<Answer, { kind: 'failed' }>;
type AwaitingToken = Extract<Pending, { kind: 'awaiting_token' }>;

/** Takes a Task state one step on from what it waits for; a killed engine goes on at the same step. */
export async function stepTask(run: Run, state: TaskState): Promise<void> {
  const { pending } = run.execution.position;
  switch (pending.kind) {
    case 'entered':
      return attempt(run, state);
    case 'sleeping':
      await waitFor(run, pending.dueAt);
      return attempt(run, state);
    case 'calling':
      return commitAnswer(run, state, lostCall(state.Resource));
    case 'awaiting_token':
      return pending.isSubmitted
        ? awaitToken(run, state, pending)
        : commitAnswer(run, state, lostCall(state.Resource));
    case 'answered':
      return settle(run, state, pending.answer);
  }
}

/** Journals how the attempt ended; the next step acts on it. */
export function commitAnswer(run: Run, state: TaskState, answer: Answer): void {
  const event =
    answer.kind === 'succeeded'
      ? taskEvent(state.Resource, 'Succeeded', { output: toJson(answer.output) })
      : taskEvent(state.Resource, 'Failed', { error: answer.error, cause: answer.cause });
  commitPending(run, { kind: 'answered', answer }, [event]);
}

interface Attempt {
  readonly parameters: unknown;
  readonly timeoutSeconds?: number;
  readonly token?: string;
}

async function attempt(run: Run, state: TaskState): Promise<void> {
  const prepared = tryTo(() => prepare(run, state));
  if ('kind' in prepared) return commitPending(run, { kind: 'answered', answer: prepared });
  const pending = schedule(run, state, prepared);
  const call = callResource(run.integrations, state.Resource, prepared.parameters);
  const outcome = await waitFor(run, pending.dueAt, call);
  if (isAnswered(run) || outcome === 'woken') return;
  if (outcome === 'due') return commitTimeout(run, state);
  if (pending.kind === 'calling' || outcome.kind === 'failed') return commitAnswer(run, state, outcome);
  const submitted = taskEvent(state.Resource, 'Submitted', { output: toJson(outcome.output) });
  commitPending(run, { ...pending, isSubmitted: true }, [submitted]);
}
