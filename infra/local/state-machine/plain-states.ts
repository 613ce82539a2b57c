import { secondsAfter } from '../../../shared/clock.ts';
import { isRuleTrue } from './choice-rule.ts';
import { combine, selectBy, toScope } from './data-flow.ts';
import { readPath, type Scope } from './expression.ts';
import { fillTemplate } from './payload-template.ts';
import { commitPending, leaveState, type Run, waitFor } from './run.ts';
import {
  type ChoiceState,
  type PassState,
  type SucceedState,
  type WaitState,
  waitSecondsSchema,
} from './states.ts';
import { StatesError } from './states-error.ts';

export function stepPass(run: Run, state: PassState): void {
  const scope = toScope(run);
  const input = selectBy(state.InputPath, scope);
  const parameters =
    state.Parameters === undefined ? input : fillTemplate(state.Parameters, { ...scope, document: input });
  const result = state.Result === undefined ? parameters : state.Result;
  const document = combine(scope.document, state.ResultPath, result);
  leaveState(run, selectBy(state.OutputPath, { ...scope, document }), state.Next);
}

export function stepSucceed(run: Run, state: SucceedState): void {
  leaveState(run, passThrough(run, state), undefined);
}

export function stepChoice(run: Run, state: ChoiceState): void {
  const scope = toScope(run);
  const chosen = { ...scope, document: selectBy(state.InputPath, scope) };
  const next = state.Choices.find(({ rule }) => isRuleTrue(rule, chosen))?.Next ?? state.Default;
  if (next === undefined) {
    throw new StatesError(
      'States.NoChoiceMatched',
      'No rule of the Choice state holds and it has no Default',
    );
  }
  leaveState(run, passThrough(run, state), next);
}

/** Falls asleep on entry; leaves when the time it fell asleep for has come. */
export async function stepWait(run: Run, state: WaitState): Promise<void> {
  const { pending } = run.execution.position;
  if (pending.kind !== 'sleeping') {
    commitPending(run, { kind: 'sleeping', dueAt: wakeTime(run, state) });
    return;
  }
  await waitFor(run, pending.dueAt);
  leaveState(run, passThrough(run, state), state.Next);
}

function wakeTime(run: Run, { Timestamp, Seconds, SecondsPath, InputPath }: WaitState): string {
  if (Timestamp !== undefined) return Timestamp;
  const scope = toScope(run);
  const document = selectBy(InputPath, scope);
  const seconds = Seconds ?? readPath(SecondsPath ?? '$', { ...scope, document });
  const parsed = waitSecondsSchema.safeParse(seconds);
  if (parsed.success) return secondsAfter(run.clock.now(), parsed.data);
  throw new StatesError('States.Runtime', `${SecondsPath} is ${JSON.stringify(seconds)}, not whole seconds`);
}

interface Selection {
  readonly InputPath: string | null;
  readonly OutputPath: string | null;
}

function passThrough(run: Run, { InputPath, OutputPath }: Selection): unknown {
  const scope: Scope = toScope(run);
  return selectBy(OutputPath, { ...scope, document: selectBy(InputPath, scope) });
}
