import { Duration } from 'aws-cdk-lib';
import { type CatchProps, JitterType, JsonPath, type RetryProps } from 'aws-cdk-lib/aws-stepfunctions';

/** What Lambda itself can fail with, a crash or a time-out of the function included. */
const lambdaErrors = [
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.ClientExecutionTimeoutException',
  'Lambda.TooManyRequestsException',
  'Lambda.Unknown',
  'Sandbox.Timedout',
  'Runtime.ExitError',
  'States.Timeout',
];

/** For steps that may run twice. Anything else that they throw is a fault that a repetition would not mend. */
const transientErrors = ['TransientStepError', ...lambdaErrors];

/** Engines spell the service in two ways. */
export function dynamoDbErrors(...names: readonly string[]): string[] {
  return names.flatMap((name) => [`DynamoDb.${name}`, `DynamoDB.${name}`]);
}

/** Two minutes in all; after them the sweeper starts a new execution. */
export const checkRetry: RetryProps = {
  errors: transientErrors,
  interval: Duration.seconds(2),
  backoffRate: 2,
  maxAttempts: 6,
  jitterStrategy: JitterType.FULL,
};

/** A minute; after that the workflow sleeps before it tries again. */
export const archiveRetry: RetryProps = {
  errors: transientErrors,
  interval: Duration.seconds(10),
  backoffRate: 2,
  maxAttempts: 3,
};

/** Over an hour: what remains is only our own bookkeeping. */
export const settleRetry: RetryProps = {
  errors: transientErrors,
  interval: Duration.seconds(2),
  backoffRate: 2,
  maxAttempts: 20,
  maxDelay: Duration.minutes(5),
  jitterStrategy: JitterType.FULL,
};

/** A minute; after that the delivery pauses before it goes on. What was sent is not sent again sooner than it is due. */
export const deliveryRetry: RetryProps = {
  errors: transientErrors,
  interval: Duration.seconds(2),
  backoffRate: 2,
  maxAttempts: 5,
  jitterStrategy: JitterType.FULL,
};

/** Throttling, conflicts and server errors by name only: a failed guard and the end of the sleep must not be retried. */
export const sleepRetry: RetryProps = {
  errors: dynamoDbErrors(
    'ProvisionedThroughputExceededException',
    'ThrottlingException',
    'RequestLimitExceeded',
    'RequestLimitExceededException',
    'InternalServerError',
    'InternalServerErrorException',
    'SdkClientException',
    'TransactionConflictException',
    'DynamoDbException',
  ),
  interval: Duration.seconds(1),
  backoffRate: 2,
  maxAttempts: 8,
  maxDelay: Duration.seconds(30),
  jitterStrategy: JitterType.FULL,
};

/** Every failure is caught, and what it was stays in the execution's history: the row decides what is next. */
export const anyFailure: CatchProps = { errors: ['States.ALL'], resultPath: JsonPath.DISCARD };
