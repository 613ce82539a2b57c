import { RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import { HttpApi as Api, HttpMethod, HttpStage, LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { GatewayFunction } from './gateway-function.ts';

interface HttpApiProps {
  readonly api: GatewayFunction;
  readonly callback: GatewayFunction;
  readonly doors: GatewayFunction;
  readonly docs: GatewayFunction;
  /** Base of the URLs given out, where a domain stands before the API; absent means its own endpoint. */
  readonly publicUrl?: string;
}

/** Without the path: those of callbacks and of keyless links carry secrets. */
const accessLogFormat = JSON.stringify({
  requestId: '$context.requestId',
  requestTime: '$context.requestTime',
  routeKey: '$context.routeKey',
  status: '$context.status',
  latencyMilliseconds: '$context.responseLatency',
  integrationError: '$context.integrationErrorMessage',
});

/** Where the providers' own APIs lie: what of it no door serves, the function answers as unknown. */
const doorPaths = ['/api/v1/{path+}', '/v1/ai/{path+}', '/account/info'];

const docsPaths = ['/openapi.json', '/docs'];

/** The one endpoint: callbacks, the contract and the doors have functions of their own, everything else is the API's. */
export class HttpApi extends Construct {
  readonly api: Api;
  private readonly publicUrl: string;

  constructor(scope: Construct, id: string, props: HttpApiProps) {
    super(scope, id);
    this.api = new Api(this, 'Api', {
      apiName: Stack.of(this).stackName,
      createDefaultStage: false,
      defaultIntegration: new HttpLambdaIntegration('ApiIntegration', props.api.lambda),
    });
    this.api.addRoutes({
      path: '/callbacks/{provider}/{taskId}/{attempt}/{secret}',
      methods: [HttpMethod.POST],
      integration: new HttpLambdaIntegration('CallbackIntegration', props.callback.lambda),
    });
    const doors = new HttpLambdaIntegration('DoorsIntegration', props.doors.lambda);
    for (const path of doorPaths) this.api.addRoutes({ path, methods: [HttpMethod.ANY], integration: doors });
    const docs = new HttpLambdaIntegration('DocsIntegration', props.docs.lambda);
    for (const path of docsPaths)
      this.api.addRoutes({ path, methods: [HttpMethod.GET, HttpMethod.HEAD], integration: docs });
    this.addStage();
    this.publicUrl = props.publicUrl ?? this.api.apiEndpoint;
    Validations.of(this.api).acknowledge({
      id: 'AwsSolutions-APIG4',
      reason: 'The API checks its own keys; a callback proves itself by the secret in its path.',
    });
  }

  grantPublicUrl(...functions: readonly GatewayFunction[]): void {
    for (const gatewayFunction of functions) gatewayFunction.setVariable('CONCH_PUBLIC_URL', this.publicUrl);
  }

  private addStage(): void {
    const accessLog = new LogGroup(this, 'AccessLog', {
      logGroupName: `/aws/vendedlogs/conch/${Stack.of(this).stackName}/access`,
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    new HttpStage(this, 'Stage', {
      httpApi: this.api,
      autoDeploy: true,
      accessLogSettings: {
        destination: new LogGroupLogDestination(accessLog),
        format: AccessLogFormat.custom(accessLogFormat),
      },
    });
  }
}
