import { secondsAfter } from '../../../shared/clock.ts';
import { callResource, lostCall } from './call-resource.ts';
import { combine, selectBy, toJson, toScope } from './data-flow.ts';
import type { Answer, Pending } from './execution.ts';
import { readPath, type Scope } from './expression.ts';
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
  readonly dueAt?: string;
  readonly token?: string;
}

async function attempt(run: Run, state: TaskState): Promise<void> {
  const prepared = orFailure(() => prepare(run, state));
  if ('kind' in prepared) return commitPending(run, { kind: 'answered', answer: prepared });
  schedule(run, state, prepared);
  const call = callResource(run.integrations, state.Resource, prepared.parameters);
  const outcome = await waitFor(run, prepared.dueAt, call);
  if (isAnswered(run) || outcome === 'woken') return;
  if (outcome === 'due') return commitTimeout(run, state);
  const { pending } = run.execution.position;
  if (pending.kind !== 'awaiting_token' || outcome.kind === 'failed')
    return commitAnswer(run, state, outcome);
  const submitted = taskEvent(state.Resource, 'Submitted', { output: toJson(outcome.output) });
  commitPending(run, { ...pending, isSubmitted: true }, [submitted]);
}

function prepare(run: Run, state: TaskState): Attempt {
  const waitsForToken = state.Resource.kind === 'updateItem' && state.Resource.waitsForToken;
  const token = waitsForToken ? { token: newTaskToken(run.execution.arn) } : {};
  const scope = toScope({ ...run, ...token });
  const document = selectBy(state.InputPath, scope);
  const parameters =
    state.Parameters === undefined ? document : fillTemplate(state.Parameters, { ...scope, document });
  return { parameters, ...token, ...limitTime(run, state, scope) };
}

/** The path is read from the state's raw input, whatever Parameters make of it. */
function limitTime(run: Run, state: TaskState, scope: Scope): Pick<Attempt, 'timeoutSeconds' | 'dueAt'> {
  const path = state.TimeoutSecondsPath;
  const given = path === undefined ? state.TimeoutSeconds : readPath(path, scope);
  if (given === undefined) return {};
  const parsed = timeoutSecondsSchema.safeParse(given);
  if (parsed.success) {
    return { timeoutSeconds: parsed.data, dueAt: secondsAfter(run.clock.now(), parsed.data) };
  }
  throw new StatesError(
    'States.Runtime',
    `${path} is ${JSON.stringify(given)}, no time-out in whole seconds`,
  );
}

/** Journals the attempt before anything leaves. */
function schedule(run: Run, state: TaskState, { parameters, timeoutSeconds, dueAt, token }: Attempt): void {
  const { Resource } = state;
  const text = toJson(parameters);
  const call =
    Resource.kind === 'function'
      ? { resource: Resource.functionArn, input: text }
      : { region: run.execution.arn.split(':')[3], parameters: text };
  const limit = timeoutSeconds === undefined ? {} : { timeoutInSeconds: timeoutSeconds };
  const due = dueAt === undefined ? {} : { dueAt };
  commitPending(
    run,
    token === undefined ? { kind: 'calling' } : { kind: 'awaiting_token', token, isSubmitted: false, ...due },
    [taskEvent(Resource, 'Scheduled', { ...call, ...limit }), taskEvent(Resource, 'Started')],
  );
}

async function awaitToken(run: Run, state: TaskState, { dueAt }: AwaitingToken): Promise<void> {
  await waitFor(run, dueAt);
  if (!isAnswered(run)) commitTimeout(run, state);
}

function commitTimeout(run: Run, state: TaskState): void {
  const answer: Failure = { kind: 'failed', error: 'States.Timeout', cause: '' };
  const event = taskEvent(state.Resource, 'TimedOut', { error: answer.error });
  commitPending(run, { kind: 'answered', answer }, [event]);
}

/** Goes on with the result, or does what Retry and Catch say about the error. */
function settle(run: Run, state: TaskState, answer: Answer): void {
  const outcome = answer.kind === 'failed' ? answer : toOutcome(run, state, answer.output);
  if (outcome.kind === 'failed') handleFailure(run, state, outcome);
  else leaveState(run, outcome.output, state.Next);
}

function toOutcome(run: Run, state: TaskState, raw: unknown): Answer {
  return orFailure(() => ({ kind: 'succeeded', output: toOutput(run, state, raw) }));
}

function toOutput(run: Run, state: TaskState, raw: unknown): unknown {
  const scope = toScope(run);
  const result =
    state.ResultSelector === undefined
      ? raw
      : fillTemplate(state.ResultSelector, { ...scope, document: raw });
  const document = combine(scope.document, state.ResultPath, result);
  const output = selectBy(state.OutputPath, { ...scope, document });
  toJson(output);
  return output;
}

function handleFailure(run: Run, state: TaskState, failure: Failure): void {
  const { position } = run.execution;
  const retry = planRetry(state.Retry, position.retryCounts, failure.error);
  if (retry === undefined) {
    catchOrEnd(run, state, failure);
    return;
  }
  const dueAt = secondsAfter(run.clock.now(), retry.delaySeconds);
  const pending: Pending = { kind: 'sleeping', dueAt };
  run.commit({ events: [], position: { ...position, retryCounts: retry.counts, pending } });
}

function catchOrEnd(run: Run, state: TaskState, { error, cause }: Failure): void {
  const catcher = findCatcher(state.Catch, error);
  if (catcher === undefined) {
    closeExecution(run, 'FAILED', { error, cause });
    return;
  }
  const { input } = run.execution.position;
  leaveState(run, combine(input, catcher.ResultPath, { Error: error, Cause: cause }), catcher.Next);
}

function orFailure<Value>(compute: () => Value): Value | Failure {
  try {
    return compute();
  } catch (error) {
    if (!(error instanceof StatesError)) throw error;
    return { kind: 'failed', error: error.error, cause: error.message };
  }
}

/** Whether somebody answered with the token meanwhile: then no other outcome counts. */
function isAnswered(run: Run): boolean {
  return run.execution.position.pending.kind === 'answered';
}
