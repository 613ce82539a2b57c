import { Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { GivenVariables } from '../settings.ts';
import type { GatewayFunction } from './gateway-function.ts';

/** What functions need to know of the providers: their settings, and for those that call them, the keys. */
export class ProviderAccess extends Construct {
  /** Where `npm run credentials` writes the keys: CloudFormation cannot create a SecureString. */
  readonly credentialsPath: string;
  private readonly settings: GivenVariables;

  constructor(scope: Construct, id: string, settings: GivenVariables) {
    super(scope, id);
    this.settings = settings;
    this.credentialsPath = `/conch/${Stack.of(this).stackName}/providers`;
  }

  grantSettings(...functions: readonly GatewayFunction[]): void {
    for (const gatewayFunction of functions) gatewayFunction.setVariables(this.settings);
  }

  grantCredentials(...functions: readonly GatewayFunction[]): void {
    const resourceName = `${this.credentialsPath.slice(1)}/*`;
    for (const gatewayFunction of functions) {
      gatewayFunction.setVariable('CREDENTIALS_PATH', this.credentialsPath);
      gatewayFunction.allow({
        actions: ['ssm:GetParameter'],
        resources: [Stack.of(this).formatArn({ service: 'ssm', resource: 'parameter', resourceName })],
        wildcardReason: 'One parameter a provider; the path belongs to this stack alone.',
      });
    }
  }
}
