import { type Duration, RemovalPolicy } from 'aws-cdk-lib';
import { type Conditions, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { EnvironmentName } from '../../shared/config.ts';
import { acknowledgeWildcard } from './acknowledge-wildcard.ts';
import { functionBundle } from './function-bundle.ts';

interface GatewayFunctionProps {
  /** Its folder below `functions/`. */
  readonly folder: string;
  readonly description: string;
  readonly timeout: Duration;
  /** Takes the events that the function, invoked asynchronously, failed to handle three times. */
  readonly deadLetterQueue?: Queue;
}

interface Permission {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions?: Conditions;
  /** Why the resources hold a wildcard; without it, a wildcard fails the synthesis. */
  readonly wildcardReason?: string;
}

/** A function with a role and a log group of its own. It may write its log and what the grants add. */
export class GatewayFunction extends Construct {
  readonly lambda: LambdaFunction;
  readonly role: Role;
  readonly timeout: Duration;

  constructor(scope: Construct, id: string, props: GatewayFunctionProps) {
    super(scope, id);
    this.timeout = props.timeout;
    this.role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    const logGroup = new LogGroup(this, 'Logs', {
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    logGroup.grantWrite(this.role);
    this.lambda = new LambdaFunction(this, 'Function', {
      description: props.description,
      code: functionBundle(props.folder),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: 512,
      timeout: props.timeout,
      role: this.role,
      logGroup,
      ...(props.deadLetterQueue && { deadLetterQueue: props.deadLetterQueue }),
    });
  }

  /** Sets a variable that `shared/config.ts` declares. */
  setVariable(name: EnvironmentName, value: string): void {
    this.lambda.addEnvironment(name, value);
  }

  /** Passes settings on as the deployer gave them. */
  setVariables(variables: Readonly<Record<string, string>>): void {
    for (const [name, value] of Object.entries(variables)) this.lambda.addEnvironment(name, value);
  }

  allow({ actions, resources, conditions = {}, wildcardReason }: Permission): void {
    const statement = new PolicyStatement({ actions: [...actions], resources: [...resources], conditions });
    this.lambda.addToRolePolicy(statement);
    if (wildcardReason === undefined) return;
    for (const resource of resources) acknowledgeWildcard(this, resource, wildcardReason);
  }
}
