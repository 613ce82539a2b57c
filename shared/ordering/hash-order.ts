import type { VideoRequest } from '../domain/video-request.ts';
import { sha256 } from '../ids.ts';
import type { ImageInput, OrderDraft } from './order-draft.ts';

type Webhook = VideoRequest['webhook'];

/**
 * Tells whether two orders ask for the same, however they were sent: a multipart boundary or the order of
 * fields makes no difference. An image counts by its content, or by its address or file id.
 */
export function hashOrder({ fields, images, sourceVideo }: OrderDraft): string {
  const metadata = Object.entries(fields.metadata ?? {}).sort();
  return sha256(
    JSON.stringify([
      Object.fromEntries(Object.entries({ ...fields, metadata }).map(toHashedField)),
      images.firstFrameImage && toIdentity(images.firstFrameImage),
      images.lastFrameImage && toIdentity(images.lastFrameImage),
      images.subjectImage && toIdentity(images.subjectImage),
      // Not as null: orders from before there were source videos keep their hash.
      ...(sourceVideo === undefined ? [] : [sourceVideo]),
    ]),
  );
}

/** Of the retry of a task. The hash of a plain order is of a list that begins with an object: none is like it. */
export function hashRetry(taskId: string, webhook?: Webhook): string {
  return sha256(JSON.stringify(['retry', taskId, ...givenOf(webhook)]));
}

/** Of a task's order with another prompt. */
export function hashRemix(taskId: string, prompt: string, webhook?: Webhook): string {
  return sha256(JSON.stringify(['remix', taskId, prompt, ...givenOf(webhook)]));
}

/** Not as null: those from before there were webhooks keep their hash. */
function givenOf(webhook: Webhook): readonly Webhook[] {
  return webhook === undefined ? [] : [webhook];
}

function toIdentity(image: ImageInput): ImageInput | { readonly sha256: string } {
  return image.kind === 'bytes' ? { sha256: sha256(image.bytes) } : image;
}

/** One provider is hashed as it was before there were lists: an order repeated across an update is the same. */
function toHashedField([name, value]: [string, unknown]): [string, unknown] {
  return name === 'providers' && Array.isArray(value) && value.length === 1
    ? ['provider', value[0]]
    : [name, value];
}
