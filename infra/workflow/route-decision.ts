import { Choice, Condition, Fail, type IChainable } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { StepDecision } from '../../shared/domain/workflow-state.ts';
import { decisionPath } from './state-paths.ts';

type Routes = Readonly<Record<StepDecision['decision'], IChainable>>;

/** Goes where the last step decided. A decision that has no route ends the execution. */
export function routeDecision(scope: Construct, routes: Routes): Choice {
  const state = new Choice(scope, 'RouteDecision');
  for (const [decision, next] of Object.entries(routes))
    state.when(Condition.stringEquals(decisionPath, decision), next);
  const unknownDecision = new Fail(scope, 'UnknownDecision', {
    error: 'UnknownDecision',
    cause: 'A step returned a decision that the workflow does not know',
  });
  return state.otherwise(unknownDecision);
}
