import { Duration } from 'aws-cdk-lib';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { GatewayFunction } from './constructs/gateway-function.ts';

/** API Gateway hangs up after 30 s; the function ends before it. */
const httpTimeout = Duration.seconds(29);
const stepTimeout = Duration.seconds(60);
/** Up to 10 s until the moment that the provider's limits leave, 40 s for the order, the rest to write down its end. */
const submitTimeout = Duration.seconds(75);
/** A look, a cancel and another look take up to 30 s each with the wait for their turns; the rest to write down. */
const checkTimeout = Duration.seconds(120);
/** 10 s for the receiver, the rest to write down what it answered. */
const webhookTimeout = Duration.seconds(40);

export type GatewayFunctions = ReturnType<typeof createGatewayFunctions>;

/** Every function of the gateway, without any permission yet. */
export function createGatewayFunctions(scope: Construct, deadLetterQueue: Queue) {
  return {
    api: new GatewayFunction(scope, 'Api', {
      folder: 'api',
      description: 'Serves every client-facing route',
      timeout: httpTimeout,
    }),
    doors: new GatewayFunction(scope, 'Doors', {
      folder: 'doors',
      description: "Serves the providers' own APIs",
      timeout: httpTimeout,
    }),
    docs: new GatewayFunction(scope, 'Docs', {
      folder: 'docs',
      description: 'Serves the contract, to machines and to people',
      timeout: httpTimeout,
    }),
    callback: new GatewayFunction(scope, 'Callback', {
      folder: 'callback',
      description: 'Wakes a task when its provider calls back',
      timeout: httpTimeout,
    }),
    intake: new GatewayFunction(scope, 'Intake', {
      folder: 'intake',
      description: 'Turns a file under inbox/ into a task',
      timeout: stepTimeout,
      deadLetterQueue,
    }),
    sweeper: new GatewayFunction(scope, 'Sweeper', {
      folder: 'sweeper',
      description: 'Finishes what was left undone',
      timeout: stepTimeout,
    }),
    reconciler: new GatewayFunction(scope, 'Reconciler', {
      folder: 'reconciler',
      description: 'Compares the ledger with its tasks and with what providers say',
      timeout: Duration.minutes(15),
    }),
    submitToProvider: new GatewayFunction(scope, 'SubmitToProvider', {
      folder: 'steps/submit-to-provider',
      description: 'Buys the video from a provider, at most once',
      timeout: submitTimeout,
    }),
    checkJob: new GatewayFunction(scope, 'CheckJob', {
      folder: 'steps/check-job',
      description: "Takes one look at the provider's job",
      timeout: checkTimeout,
    }),
    archiveVideo: new GatewayFunction(scope, 'ArchiveVideo', {
      folder: 'steps/archive-video',
      description: 'Brings the video into the media bucket',
      timeout: Duration.minutes(10),
    }),
    settleTask: new GatewayFunction(scope, 'SettleTask', {
      folder: 'steps/settle-task',
      description: 'Ends the task and books its money',
      timeout: stepTimeout,
    }),
    deliverWebhook: new GatewayFunction(scope, 'DeliverWebhook', {
      folder: 'steps/deliver-webhook',
      description: 'Sends a webhook once',
      timeout: webhookTimeout,
    }),
  };
}
