import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { type IChainable, IntegrationPattern, JsonPath, Timeout } from 'aws-cdk-lib/aws-stepfunctions';
import { CallAwsService } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import { dynamoDbErrors, sleepRetry } from './retry-policies.ts';
import { nextLookSecondsPath, taskIdPath } from './state-paths.ts';

/** Somebody rang before the sleep began, or it is time to look: the sleep is over like after a wake-up. */
const sleepOver = [...dynamoDbErrors('ConditionalCheckFailedException'), 'States.Timeout'];

/** The sleep while a provider works; whoever wakes from it looks at the job. */
export function awaitWakeUp(scope: Construct, tasks: Table, look: IChainable): CallAwsService {
  return interruptibleSleep(scope, 'AwaitWakeUp', { tasks, next: look });
}

/** The sleep while all places at a provider are taken; whoever wakes from it goes and submits. */
export function awaitPlace(scope: Construct, tasks: Table, submit: IChainable): CallAwsService {
  return interruptibleSleep(scope, 'AwaitPlace', { tasks, next: submit });
}

interface Sleep {
  readonly tasks: Table;
  readonly next: IChainable;
}

/**
 * The one interruptible sleep: leaves the task token on the task's row and waits until a waker returns it, at
 * most `nextLookSeconds`. Its guard refuses to fall asleep when `wake` is set already. By CallAwsService:
 * the DynamoDB task of the CDK silently drops the wait for the token.
 */
function interruptibleSleep(scope: Construct, id: string, { tasks, next }: Sleep): CallAwsService {
  const state = new CallAwsService(scope, id, {
    service: 'dynamodb',
    action: 'updateItem',
    iamAction: 'dynamodb:UpdateItem',
    iamResources: [tasks.tableArn],
    integrationPattern: IntegrationPattern.WAIT_FOR_TASK_TOKEN,
    parameters: {
      TableName: tasks.tableName,
      Key: { pk: { S: JsonPath.stringAt(taskIdPath) }, sk: { S: 'TASK' } },
      ConditionExpression: 'attribute_exists(pk) AND attribute_not_exists(wake)',
      UpdateExpression: 'SET taskToken = :token, sleptAt = :now, sleepSeconds = :seconds',
      ExpressionAttributeValues: {
        ':token': { S: JsonPath.taskToken },
        ':now': { S: JsonPath.stateEnteredTime },
        ':seconds': { N: JsonPath.format('{}', JsonPath.stringAt(nextLookSecondsPath)) },
      },
    },
    resultPath: JsonPath.DISCARD,
    taskTimeout: Timeout.at(nextLookSecondsPath),
  });
  state.addRetry(sleepRetry);
  state.addCatch(next, { errors: sleepOver, resultPath: JsonPath.DISCARD });
  state.next(next);
  return state;
}
