import { secondsAfter, secondsBetween } from '../../../shared/clock.ts';
import { maxAttempts, pauseAfter } from '../../../shared/domain/delivery-schedule.ts';
import type { Delivery, DeliveryDecision, DeliveryInput } from '../../../shared/domain/webhook.ts';
import { TransientStepError } from '../../../shared/errors.ts';
import type { SafePost } from '../../../shared/media/safe-post.ts';
import type { DeliveryStore } from '../../../shared/storage/delivery-store.ts';
import { findLetter, type LetterContext } from './find-letter.ts';
import { type Posted, postLetter } from './post-letter.ts';

export interface DeliveryContext extends LetterContext {
  readonly deliveries: DeliveryStore;
  readonly post: SafePost;
  /** From 0 to 1. */
  readonly random: () => number;
}

const done: DeliveryDecision = { decision: 'done' };

/**
 * One attempt of a delivery, or the rest of the pause before it. The attempt is counted and the next one dated before
 * the request leaves, so that whoever dies in between neither sends more often nor sooner.
 */
export async function deliverWebhook(
  input: DeliveryInput,
  context: DeliveryContext,
): Promise<DeliveryDecision> {
  const delivery = await takeUp(input, context);
  if (delivery === undefined) return done;
  const pause = secondsUntilNext(delivery, context);
  if (pause > 0) return { decision: 'wait', waitSeconds: pause };
  const { account } = input;
  // Only where the last attempt was counted, and nobody wrote down how it ended.
  if (delivery.attempts >= maxAttempts) return end(input, { delivery, status: 'failed' }, context);
  const letter = await findLetter(account, delivery, context);
  if (letter.kind === 'none') {
    return end(input, { delivery, status: 'dropped', reason: letter.reason }, context);
  }
  const counted = requireWritten(await countAttempt(account, delivery, context));
  const posted = await postLetter(letter, context);
  return noteAnswer(input, { delivery: counted, posted, url: letter.url }, context);
}

/** The delivery whose run this is. The first step of a replay begins the run, whatever became of the one before. */
async function takeUp(
  { account, deliveryId, run }: DeliveryInput,
  { deliveries }: DeliveryContext,
): Promise<Delivery | undefined> {
  const delivery = await deliveries.get(account, deliveryId);
  if (delivery?.run === run) return delivery.status === 'pending' ? delivery : undefined;
  if (delivery?.run !== run - 1) return undefined;
  const set = { run, status: 'pending', attempts: 0 };
  const begun = await deliveries.change(account, delivery, { set, remove: ['nextAttemptAt', 'reason'] });
  return requireWritten(begun);
}

function requireWritten(written: Delivery | 'stale'): Delivery {
  if (written === 'stale') throw new TransientStepError('The delivery changed meanwhile');
  return written;
}

/** Whole seconds. */
function secondsUntilNext({ nextAttemptAt }: Delivery, { clock }: DeliveryContext): number {
  return nextAttemptAt === undefined ? 0 : Math.ceil(secondsBetween(clock.now(), nextAttemptAt));
}

function countAttempt(account: string, delivery: Delivery, { deliveries, clock, random }: DeliveryContext) {
  const attempts = delivery.attempts + 1;
  const pause = pauseAfter(attempts, random());
  const nextAttemptAt = pause === undefined ? undefined : secondsAfter(clock.now(), pause);
  const remove = nextAttemptAt === undefined ? ['nextAttemptAt'] : [];
  return deliveries.change(account, delivery, { set: { attempts, nextAttemptAt }, remove });
}

interface Answered {
  readonly delivery: Delivery;
  readonly posted: Posted;
  /** Where it was sent. */
  readonly url: string;
}

async function noteAnswer(
  input: DeliveryInput,
  { delivery, posted, url }: Answered,
  context: DeliveryContext,
): Promise<DeliveryDecision> {
  const { kind, answer } = posted;
  const { account } = input;
  if (kind === 'delivered') return end(input, { delivery, status: 'delivered', lastAnswer: answer }, context);
  const isGone = kind === 'gone' && (await disable({ account, ...delivery, url }, context)) === 'gone';
  const { nextAttemptAt } = delivery;
  if (isGone || nextAttemptAt === undefined) {
    return end(input, { delivery, status: 'failed', lastAnswer: answer }, context);
  }
  const asked = secondsAfter(context.clock.now(), posted.retryAfterSeconds ?? 0);
  const set = { lastAnswer: answer, ...(asked > nextAttemptAt && { nextAttemptAt: asked }) };
  const noted = await context.deliveries.change(account, delivery, { set });
  if (noted === 'stale') return done;
  return { decision: 'wait', waitSeconds: Math.max(1, secondsUntilNext(noted, context)) };
}

interface Address extends Pick<Delivery, 'receiver'> {
  readonly account: string;
  readonly url: string;
}

/**
 * Before the delivery ends: whoever dies in between finds the endpoint disabled. One whose address is another since is
 * not: what it moved from is gone, and the next attempt is made where it is.
 */
async function disable(
  { account, receiver, url }: Address,
  { endpoints }: DeliveryContext,
): Promise<'gone' | 'moved'> {
  if (receiver.kind === 'order') return 'gone';
  const { endpointId } = receiver;
  await endpoints.change(account, (all) => {
    const endpoint = all.find(({ id }) => id === endpointId);
    // One that its customer disabled meanwhile keeps that for its only reason.
    if (endpoint?.url !== url || !endpoint.isEnabled) return undefined;
    const disabled = { ...endpoint, isEnabled: false, disabledReason: 'It answered 410 Gone' };
    return all.map((candidate) => (candidate === endpoint ? disabled : candidate));
  });
  const isMoved = (await endpoints.list(account)).some(
    ({ id, ...now }) => id === endpointId && now.url !== url,
  );
  return isMoved ? 'moved' : 'gone';
}

/** What a delivery ends with. */
interface Ending extends Partial<Pick<Delivery, 'lastAnswer' | 'reason'>> {
  readonly delivery: Delivery;
  readonly status: Exclude<Delivery['status'], 'pending'>;
}

/** Where it is not as it was read a replay has taken it over. */
async function end(
  { account }: DeliveryInput,
  { delivery, ...set }: Ending,
  { deliveries }: DeliveryContext,
): Promise<DeliveryDecision> {
  await deliveries.change(account, delivery, { set, remove: ['nextAttemptAt'] });
  return done;
}
