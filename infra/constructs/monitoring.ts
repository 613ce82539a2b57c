import { Duration } from 'aws-cdk-lib';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { Alarm, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { GatewayFunction } from './gateway-function.ts';

interface MonitoringProps {
  readonly httpApi: HttpApi;
  readonly sweeper: GatewayFunction;
  readonly stateMachine: StateMachine;
}

const fiveMinutes = { period: Duration.minutes(5), statistic: 'Sum' } as const;

/** Alarms for what nothing repairs by itself, or what should never happen. They notify nobody yet. */
export class Monitoring extends Construct {
  constructor(scope: Construct, id: string, { httpApi, sweeper, stateMachine }: MonitoringProps) {
    super(scope, id);
    this.addAlarm('ExecutionsFailed', stateMachine.metricFailed(fiveMinutes));
    this.addAlarm('SweeperFailed', sweeper.lambda.metricErrors(fiveMinutes));
    this.addAlarm('ApiFailed', httpApi.metricServerError(fiveMinutes));
  }

  private addAlarm(id: string, metric: IMetric): void {
    new Alarm(this, id, {
      metric,
      threshold: 1,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }
}
