import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, ProjectionType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import type { GatewayFunction } from './gateway-function.ts';
import { readActions, writeActions } from './table-actions.ts';

/** Every task, its request and its history. `due` is sparse: only tasks with work left are in it. */
export class TasksTable extends Construct {
  readonly table: Table;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.table = new Table(this, 'Table', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.addIndex('byAccount', 'account', 'createdAt');
    this.addIndex('due', 'dueShard', 'nextDueAt');
  }

  grantReadWrite(...functions: readonly GatewayFunction[]): void {
    for (const gatewayFunction of functions) {
      gatewayFunction.setVariable('TASKS_TABLE_NAME', this.table.tableName);
      gatewayFunction.allow({ actions: [...readActions, ...writeActions], resources: this.arns() });
    }
  }

  /** For a function that only rings: it reads one row and marks it. */
  grantReadAndUpdate(gatewayFunction: GatewayFunction): void {
    gatewayFunction.setVariable('TASKS_TABLE_NAME', this.table.tableName);
    gatewayFunction.allow({
      actions: ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
      resources: [this.table.tableArn],
    });
  }

  private addIndex(indexName: string, hash: string, range: string): void {
    this.table.addGlobalSecondaryIndex({
      indexName,
      partitionKey: { name: hash, type: AttributeType.STRING },
      sortKey: { name: range, type: AttributeType.STRING },
      projectionType: ProjectionType.KEYS_ONLY,
    });
  }

  private arns(): readonly string[] {
    const { tableArn } = this.table;
    return [tableArn, `${tableArn}/index/byAccount`, `${tableArn}/index/due`];
  }
}
