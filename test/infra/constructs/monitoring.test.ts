import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { defaultGateway } from '../../support/synthesized-gateway.ts';

const gateway = defaultGateway();
const alarmSchema = z.object({
  Namespace: z.string(),
  MetricName: z.string(),
  Dimensions: z.array(z.object({ Name: z.string(), Value: z.string() })),
  Statistic: z.string(),
});

function requireAlarm(id: string) {
  return gateway.require('AWS::CloudWatch::Alarm', `Monitoring${id}`).properties;
}

const stateMachine = {
  StateMachineArn: `<${gateway.require('AWS::StepFunctions::StateMachine', 'Workflow').logicalId}>`,
};
const webhookMachine = {
  StateMachineArn: `<${gateway.require('AWS::StepFunctions::StateMachine', 'Webhooks').logicalId}>`,
};
const errorsOf = (name: string) => ({
  FunctionName: `<${gateway.require('AWS::Lambda::Function', `${name}Function`).logicalId}>`,
});
const alarms: readonly (readonly [string, string, string, Readonly<Record<string, string>>])[] = [
  ['ExecutionsFailed', 'AWS/States', 'ExecutionsFailed', stateMachine],
  ['ExecutionsTimedOut', 'AWS/States', 'ExecutionsTimedOut', stateMachine],
  ['ExecutionsAborted', 'AWS/States', 'ExecutionsAborted', stateMachine],
  ['DeliveriesFailed', 'AWS/States', 'ExecutionsFailed', webhookMachine],
  ['DeliveriesTimedOut', 'AWS/States', 'ExecutionsTimedOut', webhookMachine],
  [
    'ApiFailed',
    'AWS/ApiGateway',
    '5xx',
    { ApiId: `<${gateway.require('AWS::ApiGatewayV2::Api').logicalId}>` },
  ],
  ['CallbackFailed', 'AWS/Lambda', 'Errors', errorsOf('Callback')],
  ['IntakeFailed', 'AWS/Lambda', 'Errors', errorsOf('Intake')],
  ['SweeperFailed', 'AWS/Lambda', 'Errors', errorsOf('Sweeper')],
  ['ReconcilerFailed', 'AWS/Lambda', 'Errors', errorsOf('Reconciler')],
  ['DeliverWebhookFailed', 'AWS/Lambda', 'Errors', errorsOf('DeliverWebhook')],
  [
    'DeadLetters',
    'AWS/SQS',
    'ApproximateNumberOfMessagesVisible',
    { QueueName: `<${gateway.require('AWS::SQS::Queue').logicalId}.QueueName>` },
  ],
  ['SubmitUnknown', 'Conch', 'SubmitUnknown', { service: 'conch' }],
  ['ChargeUnknown', 'Conch', 'ChargeUnknown', { service: 'conch' }],
  ['UnknownProviderStatus', 'Conch', 'UnknownProviderStatus', { service: 'conch' }],
  ['LedgerDifference', 'Conch', 'LedgerDifference', { service: 'conch' }],
];

describe('Monitoring', () => {
  it.each(alarms)(
    '%s alarms when there is one %s %s in five minutes',
    (id, namespace, metric, dimensions) => {
      expect(requireAlarm(id)).toMatchObject({
        Namespace: namespace,
        MetricName: metric,
        Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
        Statistic: id === 'DeadLetters' ? 'Maximum' : 'Sum',
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
        Threshold: 1,
        Period: 300,
        EvaluationPeriods: 1,
        TreatMissingData: 'notBreaching',
      });
    },
  );

  it('has no alarm but these', () => {
    expect(gateway.ofType('AWS::CloudWatch::Alarm')).toHaveLength(alarms.length);
  });

  it('watches the counted events under the dimensions by which they are really emitted', () => {
    const { Namespace, Dimensions } = alarmSchema.parse(requireAlarm('SubmitUnknown'));
    const emitted = emitOne('SubmitUnknown');

    expect(emitted._aws.CloudWatchMetrics).toEqual([
      expect.objectContaining({
        Namespace,
        Dimensions: expect.arrayContaining([Dimensions.map(({ Name }) => Name)]),
      }),
    ]);
    expect(emitted).toMatchObject(Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, Value])));
  });
});

const emittedSchema = z.looseObject({ _aws: z.object({ CloudWatchMetrics: z.array(z.unknown()) }) });

/** Counts an event in a process of its own, as a function does, and reads the line that CloudWatch would read. */
function emitOne(event: string): z.infer<typeof emittedSchema> {
  const metrics = new URL('../../../shared/metrics.ts', import.meta.url).href;
  const program = `(await import('${metrics}')).count('${event}', { provider: 'any' })`;
  const line = execFileSync(process.execPath, ['--input-type=module', '--eval', program], { env: {} });
  return emittedSchema.parse(JSON.parse(line.toString()));
}
