import { Choice, Condition, Fail, type IChainable } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { StepDecision } from '../../shared/domain/workflow-state.ts';
import { decisionPath } from './state-paths.ts';

type Routes<Decision extends string> = Readonly<Record<Decision, IChainable>>;

/** Goes where the last step decided. A decision that has no route ends the execution. */
export function routeDecision<Decision extends string = StepDecision['decision']>(
  scope: Construct,
  routes: Routes<Decision>,
): Choice {
  const state = new Choice(scope, 'RouteDecision');
  for (const [decision, next] of Object.entries<IChainable>(routes))
    state.when(Condition.stringEquals(decisionPath, decision), next);
  const unknownDecision = new Fail(scope, 'UnknownDecision', {
    error: 'UnknownDecision',
    cause: 'A step returned a decision that the workflow does not know',
  });
  return state.otherwise(unknownDecision);
}
