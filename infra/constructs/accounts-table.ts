import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Conditions } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { GatewayFunction } from './gateway-function.ts';

const ofAccounts: Conditions = { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['ACCOUNT#*'] } };

/** Reads no attribute but these, whatever an item holds besides. */
function attributesOnly(...names: readonly string[]): Conditions {
  return {
    'ForAllValues:StringEquals': { 'dynamodb:Attributes': [...names] },
    StringEquals: { 'dynamodb:Select': 'SPECIFIC_ATTRIBUTES' },
  };
}

/** Accounts with their budgets, their keys (as hashes), and their money by month and day. */
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

  /** Finding the account behind a key, or whether there is an account of a name. */
  grantAuthenticate(...functions: readonly GatewayFunction[]): void {
    for (const gatewayFunction of functions) this.allow(gatewayFunction, 'dynamodb:GetItem');
  }

  /**
   * Adding to an account's money of a month or a day: holds, charges and releases. An update creates what is not there,
   * so it is kept to the partitions of accounts: whoever could write into those of keys could mint one.
   */
  grantBook(...functions: readonly GatewayFunction[]): void {
    for (const gatewayFunction of functions) this.allow(gatewayFunction, 'dynamodb:UpdateItem', ofAccounts);
  }

  /** Reading the budgets and the retention of an account, and what is left, without reaching the keys themselves. */
  grantReadTerms(...functions: readonly GatewayFunction[]): void {
    for (const gatewayFunction of functions) this.allow(gatewayFunction, 'dynamodb:GetItem', ofAccounts);
  }

  /** Finding out which accounts there are, and reading the money of all their months and days, but no key. */
  grantReconcile(gatewayFunction: GatewayFunction): void {
    this.allow(gatewayFunction, 'dynamodb:Scan', attributesOnly('pk'));
    const counters = attributesOnly('pk', 'sk', 'committedMicroUsd', 'spentMicroUsd');
    this.allow(gatewayFunction, 'dynamodb:Query', { ...ofAccounts, ...counters });
  }

  private allow(gatewayFunction: GatewayFunction, action: string, conditions: Conditions = {}): void {
    gatewayFunction.setVariable('ACCOUNTS_TABLE_NAME', this.table.tableName);
    gatewayFunction.allow({ actions: [action], resources: [this.table.tableArn], conditions });
  }
}
