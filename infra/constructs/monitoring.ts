import { Duration } from 'aws-cdk-lib';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { Alarm, type IMetric, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { GatewayFunction } from './gateway-function.ts';

interface MonitoringProps {
  readonly httpApi: HttpApi;
  readonly callback: GatewayFunction;
  readonly intake: GatewayFunction;
  readonly sweeper: GatewayFunction;
  readonly reconciler: GatewayFunction;
  readonly deliverWebhook: GatewayFunction;
  readonly stateMachine: StateMachine;
  /** Delivers webhooks: a receiver that does not answer fails none of its executions. */
  readonly webhookMachine: StateMachine;
  readonly deadLetters: Queue;
}

const fiveMinutes = { period: Duration.minutes(5), statistic: 'Sum' } as const;

/** Alarms for what nothing repairs by itself, or what should never happen. They notify nobody yet. */
export class Monitoring extends Construct {
  constructor(scope: Construct, id: string, props: MonitoringProps) {
    super(scope, id);
    for (const [alarmId, metric] of Object.entries(alarmingMetrics(props))) {
      new Alarm(this, alarmId, {
        metric,
        threshold: 1,
        evaluationPeriods: 1,
        treatMissingData: TreatMissingData.NOT_BREACHING,
      });
    }
  }
}

/** One is too many of each of them. */
function alarmingMetrics(props: MonitoringProps): Readonly<Record<string, IMetric>> {
  const { httpApi, callback, intake, sweeper, reconciler, deliverWebhook } = props;
  const { stateMachine, webhookMachine, deadLetters } = props;
  return {
    ExecutionsFailed: stateMachine.metricFailed(fiveMinutes),
    ExecutionsTimedOut: stateMachine.metricTimedOut(fiveMinutes),
    ExecutionsAborted: stateMachine.metricAborted(fiveMinutes),
    DeliveriesFailed: webhookMachine.metricFailed(fiveMinutes),
    DeliveriesTimedOut: webhookMachine.metricTimedOut(fiveMinutes),
    ApiFailed: httpApi.metricServerError(fiveMinutes),
    CallbackFailed: callback.lambda.metricErrors(fiveMinutes),
    IntakeFailed: intake.lambda.metricErrors(fiveMinutes),
    SweeperFailed: sweeper.lambda.metricErrors(fiveMinutes),
    ReconcilerFailed: reconciler.lambda.metricErrors(fiveMinutes),
    DeliverWebhookFailed: deliverWebhook.lambda.metricErrors(fiveMinutes),
    DeadLetters: deadLetters.metricApproximateNumberOfMessagesVisible({
      ...fiveMinutes,
      statistic: 'Maximum',
    }),
    SubmitUnknown: countedMetric('SubmitUnknown'),
    ChargeUnknown: countedMetric('ChargeUnknown'),
    UnknownProviderStatus: countedMetric('UnknownProviderStatus'),
    LedgerDifference: countedMetric('LedgerDifference'),
  };
}

/** An event of `shared/metrics.ts` at all providers together: an alarm cannot sum over unnamed dimensions. */
function countedMetric(metricName: string): Metric {
  return new Metric({ ...fiveMinutes, namespace: 'Conch', metricName, dimensionsMap: { service: 'conch' } });
}
