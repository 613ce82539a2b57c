import type * as z from 'zod';
import { toUnixSeconds } from '../../clock.ts';
import type { Door, DoorOrder } from '../door.ts';
import { doorStatuses } from '../door-statuses.ts';
import { uuidId } from '../id-forms.ts';
import { toAccount, toEnvelope, toTask } from './door-answers.ts';
import { imageLimits } from './offers.ts';
import { type DoorRequestBody, doorRequestSchema, isTimed, pointsOf } from './wire.ts';

/** PiAPI: one route to order and one to look, a webhook with the secret in a header, money in points. */
export const door: Door = {
  provider: 'piapi',
  ids: uuidId,
  imageLimits,
  routes: [
    {
      kind: 'order',
      method: 'POST',
      path: '/api/v1/task',
      schema: () => doorRequestSchema.superRefine(checkRules).transform(toDoorOrder),
      answer: toEnvelope,
    },
    {
      kind: 'look',
      method: 'GET',
      path: '/api/v1/task/{task_id}',
      id: ({ parameters }) => parameters['task_id'],
      answer: toEnvelope,
    },
    {
      kind: 'balance',
      method: 'GET',
      path: '/account/info',
      answer: (leftMicroUsd) => ({ code: 200, message: 'success', data: toAccount(leftMicroUsd) }),
    },
  ],
  errorAnswer(error) {
    const status = doorStatuses[error.kind];
    return { status, body: { code: status, message: error.message, data: null } };
  },
  callbackMessage: (view, sentAt) => ({
    headers: { 'x-webhook-secret': view.callback?.secret ?? '' },
    body: { timestamp: toUnixSeconds(sentAt), data: toTask(view) },
  }),
};

/** The document's own rules; those of the images are judged when they are fetched. */
function checkRules({ input }: DoorRequestBody, context: z.RefinementCtx): void {
  const { model, prompt = '', image_url: image } = input;
  const isFromText = model.startsWith('t2v') || (model === 'v2.3' && image === undefined);
  const needsPrompt = isFromText || model === 's2v-01';
  const refuse = (field: string, message: string) =>
    context.addIssue({ code: 'custom', path: ['input', field], message: `input.${field} ${message}` });
  if (needsPrompt && prompt.trim() === '') refuse('prompt', `is required for ${model}`);
  if ([...prompt].length > 2000) refuse('prompt', 'is longer than 2000 characters');
  if (isFromText && image !== undefined) refuse('image_url', `should not be provided for ${model}`);
  if (!isFromText && image === undefined) refuse('image_url', `is required for ${model}`);
  if (pointsOf(input) === undefined) refuse('duration', describeSold(model));
}

function describeSold(model: DoorRequestBody['input']['model']): string {
  return isTimed(model)
    ? `and input.resolution must be 6 and 768, 10 and 768, or 6 and 1080 for ${model}`
    : `and input.resolution are not taken by ${model}`;
}

function toDoorOrder(order: DoorRequestBody): DoorOrder {
  const { input, config } = order;
  const { endpoint = '', secret = '' } = config.webhook_config ?? {};
  const image = input.model === 's2v-01' ? 'subject_image' : 'first_frame_image';
  return {
    fields: {
      model: input.model,
      prompt: input.prompt,
      [image]: input.image_url,
      prompt_optimizer: input.expand_prompt,
      seconds: input.duration,
      resolution: input.resolution === undefined ? undefined : `${input.resolution}P`,
    },
    names: {
      model: 'input.model',
      prompt: 'input.prompt',
      [image]: 'input.image_url',
      prompt_optimizer: 'input.expand_prompt',
      seconds: 'input.duration',
      resolution: 'input.resolution',
      'webhook.url': 'config.webhook_config.endpoint',
    },
    callback: endpoint === '' ? undefined : { url: endpoint, ...(secret !== '' && { secret }) },
    echo: order,
  };
}
