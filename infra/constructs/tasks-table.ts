import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, ProjectionType, Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Conditions } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { GatewayFunction } from './gateway-function.ts';

const ofProviders: Conditions = { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['PROVIDER#*'] } };
const ofDeliveries: Conditions = { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['DELIVERY#*'] } };
const ofRates: Conditions = { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['RATE#*'] } };
/** The partitions of all else say what they are of before a #. */
const ofTasks: Conditions = { 'ForAllValues:StringNotLike': { 'dynamodb:LeadingKeys': ['*#*'] } };

type IndexName = 'byAccount' | 'due';

/**
 * Every task and its request, which orders may be repeated without a key, who waits for which provider, how the
 * providers stand, and how many requests were made with keys that have a limit. `due` is sparse: only tasks with work left are in it.
 */
export class TasksTable extends Construct {
  readonly table: Table;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.table = new Table(this, 'Table', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      timeToLiveAttribute: 'expireAtSeconds',
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.addIndex('byAccount', 'account', 'createdAt');
    this.addIndex('due', 'dueShard', 'nextDueAt');
  }

  /**
   * Looking for the task of a repeated order, or of a source video, and putting a new one with its request and
   * with what its repeats are known by.
   */
  grantAccept(...functions: readonly GatewayFunction[]): void {
    for (const gatewayFunction of functions)
      this.allow(gatewayFunction, ['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:PutItem']);
  }

  /** Reading the tasks of an account, one by one or by the page. */
  grantList(gatewayFunction: GatewayFunction): void {
    this.allow(gatewayFunction, ['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:BatchGetItem']);
    this.allowIndex(gatewayFunction, 'byAccount');
  }

  /** Bringing tasks forward: reading one with its request, and changing its row. */
  grantSteps(...functions: readonly GatewayFunction[]): void {
    for (const gatewayFunction of functions)
      this.allow(gatewayFunction, ['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:UpdateItem']);
  }

  /** Reading how all providers stand, to choose one of them. */
  grantStandings(...functions: readonly GatewayFunction[]): void {
    for (const gatewayFunction of functions) this.allow(gatewayFunction, ['dynamodb:BatchGetItem']);
  }

  /** Joining and leaving the queues for a provider's places. */
  grantQueue(...functions: readonly GatewayFunction[]): void {
    for (const gatewayFunction of functions)
      this.allow(gatewayFunction, ['dynamodb:PutItem', 'dynamodb:DeleteItem']);
  }

  /**
   * Reading a task and writing on it what came from outside: a ring, a cancel, a retry, a deletion. An update creates
   * what is not there, so it is kept to tasks: these functions make no job anybody's, and grant no place.
   */
  grantMark(...functions: readonly GatewayFunction[]): void {
    for (const gatewayFunction of functions) {
      this.allow(gatewayFunction, ['dynamodb:GetItem']);
      this.allow(gatewayFunction, ['dynamodb:UpdateItem'], ofTasks);
    }
  }

  /** Reading what is told of a task, and writing how a delivery stands. */
  grantDeliver(gatewayFunction: GatewayFunction): void {
    this.allow(gatewayFunction, ['dynamodb:GetItem', 'dynamodb:Query']);
    this.allow(gatewayFunction, ['dynamodb:UpdateItem'], ofDeliveries);
  }

  /** Counting the requests of a key. */
  grantCountRequests(...functions: readonly GatewayFunction[]): void {
    for (const gatewayFunction of functions) this.allow(gatewayFunction, ['dynamodb:UpdateItem'], ofRates);
  }

  /** Finding the tasks that have work left. */
  grantDue(gatewayFunction: GatewayFunction): void {
    this.allowIndex(gatewayFunction, 'due');
  }

  /** Reading every task, also by what is due; and writing nothing but how providers stand: their balances. */
  grantReconcile(gatewayFunction: GatewayFunction): void {
    this.grantList(gatewayFunction);
    this.grantDue(gatewayFunction);
    this.allow(gatewayFunction, ['dynamodb:UpdateItem'], ofProviders);
  }

  private allow(
    gatewayFunction: GatewayFunction,
    actions: readonly string[],
    conditions: Conditions = {},
  ): void {
    gatewayFunction.setVariable('TASKS_TABLE_NAME', this.table.tableName);
    gatewayFunction.allow({ actions, resources: [this.table.tableArn], conditions });
  }

  private allowIndex(gatewayFunction: GatewayFunction, indexName: IndexName): void {
    gatewayFunction.setVariable('TASKS_TABLE_NAME', this.table.tableName);
    const resources = [`${this.table.tableArn}/index/${indexName}`];
    gatewayFunction.allow({ actions: ['dynamodb:Query'], resources });
  }

  private addIndex(indexName: IndexName, hash: string, range: string): void {
    this.table.addGlobalSecondaryIndex({
      indexName,
      partitionKey: { name: hash, type: AttributeType.STRING },
      sortKey: { name: range, type: AttributeType.STRING },
      projectionType: ProjectionType.KEYS_ONLY,
    });
  }
}
