import type { Violation } from '../../shared/domain/quote.ts';
import type { ImageRole } from '../../shared/domain/video-request.ts';
import {
  ConchError,
  InvalidRequestError,
  maxBodyBytes,
  NotFoundError,
  ResponseTooLargeError,
} from '../../shared/errors.ts';
import { toProblem } from '../../shared/http/problem.ts';
import { parseJson } from '../../shared/http/request-body.ts';
import { sha256 } from '../../shared/ids.ts';
import { outboxKey } from '../../shared/ordering/outbox.ts';
import { type ParsedOrder, parseOrder } from '../../shared/ordering/parse-order.ts';
import { type OrderingDependencies, placeOrder } from '../../shared/ordering/place-order.ts';
import { maxUploadBytes } from '../../shared/ordering/uploads.ts';
import { readModelName } from '../../shared/routing/catalogue-names.ts';
import type { AccountStore } from '../../shared/storage/account-store.ts';
import { type InboxFile, imageKeys, orderKey, parseInboxKey } from './inbox-file.ts';

export interface IntakeContext extends OrderingDependencies {
  readonly accounts: AccountStore;
  /** Gives an image that belongs to an order the time to follow it. */
  readonly waitForImage: () => Promise<void>;
}

/** `waiting`: the other file of the pair is not there yet. */
export type IntakeOutcome = 'ordered' | 'refused' | 'waiting' | 'ignored';

/**
 * Places the order that a file in the inbox completes. The order's text names its task, so that the same event
 * five times, or the events of both files, make one task. What is refused is answered in the outbox.
 */
export async function takeInFile(key: string, context: IntakeContext): Promise<IntakeOutcome> {
  const file = parseInboxKey(key);
  if (file === undefined) return 'ignored';
  try {
    const json = await context.media.getBytes(orderKey(file), { maxBytes: maxBodyBytes.text });
    return json === undefined ? 'waiting' : await takeInOrder(file, json, context);
  } catch (error) {
    await refuse(file, toRefusal(error), context);
    return 'refused';
  }
}

async function takeInOrder(
  file: InboxFile,
  json: Uint8Array,
  context: IntakeContext,
): Promise<IntakeOutcome> {
  if (!(await context.accounts.hasAccount(file.account)))
    throw new NotFoundError(`The account ${file.account}`);
  const parsed = parseOrder(parseJson(json, 'The order'));
  const image = await findImage(file, parsed, context);
  const idempotencyKey = `inbox/${file.name}/${sha256(json)}`;
  const order = {
    account: file.account,
    parsed: image === undefined ? parsed : withImage(parsed, image, context),
    idempotencyKey,
    outboxName: file.name,
  };
  try {
    await placeOrder(order, context);
    return 'ordered';
  } catch (error) {
    if (image === undefined && lacksOnlyItsImage(error)) return 'waiting';
    if (!isRepeat(error)) throw error;
    // The order's own event came again after its image was replaced or removed: it was answered already.
    if (file.kind === 'order') return 'ignored';
    throw new ConchError('idempotency_mismatch', otherImage, { cause: error });
  }
}

/** The image beside an order. An order that came alone is given a moment, for its image may be on its way. */
async function findImage(
  file: InboxFile,
  { draft }: ParsedOrder,
  context: IntakeContext,
): Promise<Uint8Array | undefined> {
  const beside = await readImage(file, context);
  const namesImage = Object.values(draft.images).some((image) => image !== undefined);
  const isFromVideo = draft.fields.operation !== undefined || draft.sourceVideo !== undefined;
  if (beside !== undefined || namesImage || isFromVideo || file.kind === 'image') return beside;
  await context.waitForImage();
  return readImage(file, context);
}

async function readImage(file: InboxFile, { media }: IntakeContext): Promise<Uint8Array | undefined> {
  const heads = await Promise.all(
    imageKeys(file).map(async (key) => ({ key, head: await media.headObject(key) })),
  );
  const found = heads.find(({ head }) => head !== undefined);
  return found && media.getBytes(found.key, { maxBytes: maxUploadBytes });
}

function withImage(parsed: ParsedOrder, bytes: Uint8Array, { offers }: IntakeContext): ParsedOrder {
  const { draft } = parsed;
  const role = imageRoleOf(draft.fields.model, offers);
  if (draft.images[role] !== undefined) throw new InvalidRequestError([twoImages(draft.imageParams[role])]);
  const images = { ...draft.images, [role]: { kind: 'bytes' as const, bytes } };
  return { ...parsed, draft: { ...draft, images } };
}

function twoImages(param: string): Violation {
  const message = `The order names an image in ${param}, and an image lies beside it; give one of them`;
  return { param, code: 'conflicting_fields', message };
}

/** A model that is made from subjects takes the image beside its order as its subject. */
function imageRoleOf(model: string | undefined, offers: IntakeContext['offers']): ImageRole {
  const operations = model === undefined ? undefined : readModelName(model, offers)?.operations;
  return operations?.size === 1 && operations.has('s2v') ? 'subjectImage' : 'firstFrameImage';
}

function lacksOnlyItsImage(error: unknown): boolean {
  if (!(error instanceof InvalidRequestError)) return false;
  return error.violations.every(({ code, param }) => code === 'missing_field' && param.endsWith('_image'));
}

function isRepeat(error: unknown): boolean {
  return error instanceof ConchError && error.code === 'idempotency_mismatch';
}

const otherImage =
  'The same order was placed before with another image, or without one; drop it under another name';

/** What the dropper can mend; anything else is thrown on, so that the event comes again. */
function toRefusal(error: unknown): ConchError {
  if (error instanceof ConchError && error.code !== 'temporarily_unavailable') return error;
  if (error instanceof ResponseTooLargeError) {
    return new ConchError('request_too_large', `A file of the order is too large: ${error.message}`, {
      cause: error,
    });
  }
  throw error;
}

async function refuse(file: InboxFile, error: ConchError, { media }: IntakeContext): Promise<void> {
  const problem = JSON.stringify(toProblem(error), null, 2);
  await media.putObject(outboxKey(file.account, `${file.name}.error.json`), problem, 'application/json');
}
