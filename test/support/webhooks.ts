import { SFNClient } from '@aws-sdk/client-sfn';
import type { DeliveryInput } from '../../shared/domain/webhook.ts';
import { createWebhookTools, type WebhookTools } from '../../shared/ordering/webhook-tools.ts';
import type { Tables } from './tables.ts';

/** What hands messages over, on embedded tables; `started` takes the executions that it starts. */
export function webhookTools(
  { ledger }: Pick<Tables, 'ledger'>,
  started: DeliveryInput[] = [],
): WebhookTools {
  return {
    ...createWebhookTools(ledger, { client: new SFNClient(), arn: '' }),
    startDelivery: async (input) => void started.push(input),
  };
}
