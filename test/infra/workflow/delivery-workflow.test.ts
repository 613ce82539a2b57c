import validate from 'asl-validator';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { defaultGateway } from '../../support/synthesized-gateway.ts';

const stateMachine = defaultGateway().require('AWS::StepFunctions::StateMachine', 'Webhooks');
const definitionText = z.string().parse(stateMachine.properties['DefinitionString']);
const stateSchema = z.looseObject({ Type: z.string() });
const definition = z
  .looseObject({ StartAt: z.string(), TimeoutSeconds: z.number(), States: z.record(z.string(), stateSchema) })
  .parse(JSON.parse(definitionText));

describe('the delivery workflow', () => {
  it('is valid Amazon States Language', () => {
    const arns = definitionText
      .replaceAll('<AWS::Partition>', 'aws')
      .replaceAll(/<(\w+)\.Arn>/g, 'arn:aws:lambda:us-east-1:000000000000:function:$1');
    const { isValid, errorsText } = validate(JSON.parse(arns));

    expect({ isValid, errors: errorsText() }).toEqual({ isValid: true, errors: '' });
  });

  it('is a standard workflow that logs errors without data', () => {
    expect(stateMachine.properties).toMatchObject({
      StateMachineType: 'STANDARD',
      LoggingConfiguration: { Level: 'ERROR', IncludeExecutionData: false },
    });
  });

  it('lives longer than ten attempts between which a receiver asks for a day each', () => {
    expect(definition.TimeoutSeconds).toBeGreaterThan(10 * 86_400);
  });

  it('waits out an outage of its whole life within the events that an execution may have', () => {
    const { DeliverWebhook, PauseDelivery } = definition.States;
    const [{ MaxAttempts }] = z
      .tuple([z.object({ MaxAttempts: z.number() })])
      .parse(DeliverWebhook?.['Retry']);
    const { waitSeconds } = z.object({ waitSeconds: z.number() }).parse(PauseDelivery?.['Result']);
    // Each try is scheduled, started and failed; each of the three states is entered and left.
    const cycleEvents = 3 * (1 + MaxAttempts) + 2 * 3;
    const outage = cycleEvents * (definition.TimeoutSeconds / waitSeconds);

    expect(outage).toBeLessThan(25_000 - 1000);
  });

  it('sends, waits for as long as the step says, and sends again', () => {
    expect(definition).toMatchObject({
      StartAt: 'DeliverWebhook',
      States: {
        DeliverWebhook: {
          Parameters: { 'account.$': '$.account', 'deliveryId.$': '$.deliveryId', 'run.$': '$.run' },
          ResultPath: '$.step',
          TimeoutSeconds: 70,
          Next: 'RouteDecision',
        },
        AwaitNextAttempt: { Type: 'Wait', SecondsPath: '$.step.waitSeconds', Next: 'DeliverWebhook' },
      },
    });
  });

  it('retries what passes by itself, and waits after any other failure of our own', () => {
    expect(definition.States['DeliverWebhook']).toMatchObject({
      Retry: [{ ErrorEquals: expect.arrayContaining(['TransientStepError', 'Sandbox.Timedout']) }],
      Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: null, Next: 'PauseDelivery' }],
    });
    expect(definition.States['PauseDelivery']).toMatchObject({
      Result: { decision: 'wait', waitSeconds: 1800 },
      Next: 'AwaitNextAttempt',
    });
  });
});
