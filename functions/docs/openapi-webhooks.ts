import type * as z from 'zod';
import { budgetEventSchema, videoEventSchema } from '../../shared/contract/webhooks.ts';
import { videoEvents, webhookEvents } from '../../shared/domain/webhook.ts';
import { dialectOf } from '../../shared/providers/door.ts';
import type { DoorContract } from '../../shared/providers/door-contract.ts';
import { doorContracts } from '../../shared/providers/door-contracts.ts';
import type { ConvertedSchemas } from './convert-schemas.ts';
import type { OpenApiContent } from './openapi-body.ts';
import type { OpenApiParameter } from './openapi-operation.ts';

/** What the gateway sends to a receiver. */
export interface OpenApiWebhook {
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly security: readonly [];
  readonly parameters: readonly OpenApiParameter[];
  readonly requestBody: {
    readonly required: true;
    readonly content: Readonly<Record<string, OpenApiContent>>;
  };
  readonly responses: Readonly<Record<string, { readonly description: string }>>;
}

export function webhookSchemas(): z.ZodType[] {
  const callbacks = doorContracts.flatMap(({ callback }) => (callback === undefined ? [] : [callback]));
  return [videoEventSchema, budgetEventSchema, ...callbacks];
}

const summaries = {
  'video.completed': 'The file of a video is there',
  'video.failed': 'A video failed',
  'video.canceled': 'A video was canceled',
  'budget.threshold': 'A budget of the account is used to 50, 80 or 100 %',
} as const;

const responses = {
  '2XX': { description: 'It was taken, within ten seconds' },
  '410': { description: 'Nothing more is wanted: the delivery ends, and the endpoint is disabled' },
  default: { description: 'Sent again, ten times in 48 hours or more; redirects are not followed' },
};

const idHeader = header('webhook-id', 'The same over all attempts of a message');
const timeHeader = header('webhook-timestamp', 'Unix seconds of the attempt');
const signatureHeader = header(
  'webhook-signature',
  '`v1,` and a signature in base64; after a rotation several, separated by spaces',
);

function header(name: string, description: string): OpenApiParameter {
  return { name, in: 'header', required: true, description, schema: { type: 'string' } };
}

/** The messages of our own, one for each event. */
export function webhookOperationsOf(
  answers: ConvertedSchemas,
): Record<string, { readonly post: OpenApiWebhook }> {
  const isOfVideo = (type: string) => videoEvents.some((event) => event === type);
  const webhooks = webhookEvents.map((type) => {
    const schema = answers.of(isOfVideo(type) ? videoEventSchema : budgetEventSchema);
    const post: OpenApiWebhook = {
      operationId: `on ${type}`.replaceAll(/[ .](\w)/g, (_, letter: string) => letter.toUpperCase()),
      summary: summaries[type],
      description: 'Signed as Standard Webhooks has it, over `id.timestamp.body`.',
      tags: ['Webhooks'],
      security: [],
      parameters: [idHeader, timeHeader, signatureHeader],
      requestBody: { required: true, content: { 'application/json': { schema } } },
      responses,
    };
    return [type, { post }] as const;
  });
  return Object.fromEntries(webhooks);
}

/** The callback of a door, in its dialect; absent where the dialect has none. */
export function toDoorWebhook(
  contract: DoorContract,
  answers: ConvertedSchemas,
): (readonly [string, { readonly post: OpenApiWebhook }])[] {
  const { title, callback, callbackHeaders = {} } = contract;
  if (callback === undefined) return [];
  const name = `${dialectOf(contract)}.callback`;
  const ownHeaders = Object.entries(callbackHeaders).map(([own, about]) => header(own, about));
  const post: OpenApiWebhook = {
    operationId: name.replaceAll(/\W(\w)/g, (_, letter: string) => letter.toUpperCase()),
    summary: `${title} calls back`,
    description: 'To the URL that an order in this dialect names, once its task has ended.',
    tags: [title],
    security: [],
    parameters: [idHeader, timeHeader, ...ownHeaders],
    requestBody: { required: true, content: { 'application/json': { schema: answers.of(callback) } } },
    responses,
  };
  return [[name, { post }]];
}
