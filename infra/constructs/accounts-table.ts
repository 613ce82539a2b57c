import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import type { GatewayFunction } from './gateway-function.ts';
import { readActions, writeActions } from './table-actions.ts';

/** Accounts, their keys (as hashes) and their money by month. */
export class AccountsTable extends Construct {
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
  }

  grantReadWrite(...functions: readonly GatewayFunction[]): void {
    for (const gatewayFunction of functions) {
      gatewayFunction.setVariable('ACCOUNTS_TABLE_NAME', this.table.tableName);
      gatewayFunction.allow({
        actions: [...readActions, ...writeActions],
        resources: [this.table.tableArn],
      });
    }
  }
}
