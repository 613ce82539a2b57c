import { type Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import {
  DefinitionBody,
  type IChainable,
  LogLevel,
  StateMachine,
  StateMachineType,
} from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { acknowledgeWildcard } from './acknowledge-wildcard.ts';

interface StandardStateMachineProps {
  readonly definition: IChainable;
  /** The last part of its log's name. */
  readonly logName: string;
  /** After which an execution is given up; absent means a year. */
  readonly timeout?: Duration;
}

/** A state machine that keeps its history and logs errors only. */
export function standardStateMachine(scope: Construct, props: StandardStateMachineProps): StateMachine {
  const destination = new LogGroup(scope, 'Logs', {
    logGroupName: `/aws/vendedlogs/conch/${Stack.of(scope).stackName}/${props.logName}`,
    retention: RetentionDays.ONE_MONTH,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const stateMachine = new StateMachine(scope, 'StateMachine', {
    stateMachineType: StateMachineType.STANDARD,
    definitionBody: DefinitionBody.fromChainable(props.definition),
    // Without data: a task token in a log would be a credential in a log.
    logs: { destination, level: LogLevel.ERROR, includeExecutionData: false },
    tracingEnabled: true,
    ...(props.timeout && { timeout: props.timeout }),
  });
  Validations.of(stateMachine).acknowledge({
    id: 'AwsSolutions-SF1',
    reason: 'The execution history has every event for 90 days; the log needs the errors only.',
  });
  acknowledgeWildcard(scope, '*', 'Log delivery and X-Ray have no resources to name.');
  return stateMachine;
}
