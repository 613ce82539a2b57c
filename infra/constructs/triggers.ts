import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { GatewayFunction } from './gateway-function.ts';

interface TriggersProps {
  readonly bucket: Bucket;
  readonly stateMachine: StateMachine;
  readonly intake: GatewayFunction;
  readonly sweeper: GatewayFunction;
  readonly reconciler: GatewayFunction;
  /** For events about files. The sweeper needs none: it comes again every minute. */
  readonly deadLetters: Queue;
}

/** All that starts a function besides HTTP and the workflow. */
export class Triggers extends Construct {
  constructor(scope: Construct, id: string, props: TriggersProps) {
    super(scope, id);
    const { bucket, stateMachine, intake, sweeper, reconciler, deadLetters } = props;
    new Rule(this, 'FileDropped', {
      description: 'A file under inbox/ becomes a task',
      eventPattern: {
        source: ['aws.s3'],
        detailType: ['Object Created'],
        detail: { bucket: { name: [bucket.bucketName] }, object: { key: [{ prefix: 'inbox/' }] } },
      },
      targets: [new LambdaFunction(intake.lambda, { deadLetterQueue: deadLetters })],
    });
    new Rule(this, 'EveryMinute', {
      description: 'The sweeper finishes what was left undone',
      schedule: Schedule.rate(Duration.minutes(1)),
      targets: [new LambdaFunction(sweeper.lambda)],
    });
    new Rule(this, 'EveryDay', {
      description: 'The ledger of yesterday is compared once nearly all of its orders have ended',
      // In UTC, as the days and months of the ledger.
      schedule: Schedule.cron({ hour: '2', minute: '15' }),
      targets: [new LambdaFunction(reconciler.lambda)],
    });
    new Rule(this, 'ExecutionDied', {
      description: 'The sweeper starts a dead execution again without waiting for its minute',
      eventPattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        detail: {
          status: ['FAILED', 'TIMED_OUT', 'ABORTED'],
          stateMachineArn: [stateMachine.stateMachineArn],
        },
      },
      targets: [new LambdaFunction(sweeper.lambda)],
    });
  }
}
