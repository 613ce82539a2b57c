import { modelListSchema } from '../../shared/contract/models.ts';
import { problemSchema } from '../../shared/contract/problem.ts';
import { providerListSchema } from '../../shared/contract/providers.ts';
import { quoteSchema } from '../../shared/contract/quote.ts';
import { eventListSchema } from '../../shared/contract/task-events.ts';
import { uploadSchema } from '../../shared/contract/upload.ts';
import { usageSchema } from '../../shared/contract/usage.ts';
import * as video from '../../shared/contract/video.ts';
import * as webhooks from '../../shared/contract/webhooks.ts';
import { orderFieldsSchema } from '../../shared/ordering/order-fields.ts';

/** What generators of clients make types of. */
export const namedAnswers = {
  Video: video.videoSchema,
  VideoGateway: video.videoSchema.shape.gateway,
  AcceptedVideo: video.acceptedVideoSchema,
  VideoReceipt: video.videoReceiptSchema,
  DeletedVideo: video.deletedVideoSchema,
  VideoList: video.videoListSchema,
  EventList: eventListSchema,
  Quote: quoteSchema,
  Usage: usageSchema,
  ModelList: modelListSchema,
  ProviderList: providerListSchema,
  Upload: uploadSchema,
  WebhookEndpoint: webhooks.webhookEndpointSchema,
  WebhookEndpointWithSecret: webhooks.secretEndpointSchema,
  WebhookEndpointList: webhooks.webhookEndpointListSchema,
  DeletedWebhookEndpoint: webhooks.deletedEndpointSchema,
  WebhookDelivery: webhooks.webhookDeliverySchema,
  WebhookDeliveryList: webhooks.webhookDeliveryListSchema,
  VideoEvent: webhooks.videoEventSchema,
  BudgetEvent: webhooks.budgetEventSchema,
  Problem: problemSchema,
};

export const namedRequests = { VideoOrder: orderFieldsSchema };
