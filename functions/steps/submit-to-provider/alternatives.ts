import { secondsBetween } from '../../../shared/clock.ts';
import { describeRoom, type Shortfall } from '../../../shared/domain/budget.ts';
import type { Failure } from '../../../shared/domain/job-progress.ts';
import { toUsd } from '../../../shared/domain/money.ts';
import type { Offer } from '../../../shared/domain/offer.ts';
import type { PricedOffer } from '../../../shared/domain/quote.ts';
import type { Task } from '../../../shared/domain/task.ts';
import type { VideoRequest } from '../../../shared/domain/video-request.ts';
import { changeOffer } from '../../../shared/ledger/change-offer.ts';
import { surveyBudgets } from '../../../shared/ledger/hold-in-budget.ts';
import { estimateStart } from '../../../shared/limits/estimate-start.ts';
import { giveBackPlace } from '../../../shared/limits/give-back.ts';
import { excludeStopped, surveyProviders } from '../../../shared/limits/survey.ts';
import { readModelName } from '../../../shared/routing/catalogue-names.ts';
import { isFreeToChoose, rankOffers } from '../../../shared/routing/policies.ts';
import { quote } from '../../../shared/routing/quote.ts';
import { failUnsent } from '../../../shared/steps/unsent.ts';
import { requireTask, type Written } from '../../../shared/storage/task-store.ts';
import type { SubmitContext } from './submit-to-provider.ts';

/** How often a provider that asks for patience is tried before the task fails by it. */
const maxRateLimitedTries = 10;

/** A start that is so much later counts as equally soon. */
const tolerableSeconds = 10;

export interface Order {
  readonly task: Task;
  readonly request: VideoRequest;
}

interface Alternatives {
  readonly offers: readonly PricedOffer[];
  /** What costs so much more than the task's hold that a budget has no room for it. */
  readonly unaffordable: readonly { readonly offer: Offer; readonly shortfall: Shortfall }[];
}

/**
 * Moves a task whose provider turned it down, before anything was paid, to the next offer that fits: one of a
 * provider that was not tried yet, else again one that only asked for patience. Without any the task fails by
 * `failure`, or for want of budget where that alone keeps it from another offer.
 */
export async function turnElsewhere(
  order: Order,
  failure: Failure,
  context: SubmitContext,
): Promise<Written> {
  const { task, request } = order;
  const { offers, unaffordable } = await listOffers(order, context);
  const others = offers.filter(({ offer }) => isUntried(task, offer.provider));
  const patient = offers.filter(({ offer }) => isWorthAnotherTry(task, offer.provider));
  const candidates = others.length > 0 ? others : patient;
  const next = isFreeToChoose(request) ? await findSoonest(task, candidates, context) : candidates[0];
  if (next !== undefined) return moveTo(next, task, context);
  const missed = unaffordable.find(
    ({ offer }) => isUntried(task, offer.provider) || isWorthAnotherTry(task, offer.provider),
  );
  return failUnsent(task, missed === undefined ? failure : toNoBudget(failure, missed.shortfall), context);
}

function toNoBudget({ message }: Failure, shortfall: Shortfall): Failure {
  const next = `the next provider costs ${toUsd(shortfall.costMicroUsd)} USD more`;
  const noBudget = `${message}; ${next}, and ${describeRoom(shortfall)}`;
  return { code: 'budget_exceeded', message: noBudget, charged: 'no' };
}

/** Another offer whose provider works, did not turn the task down, and lets it start before its own does. */
export async function findSooner(
  { task, request }: Order,
  context: SubmitContext,
): Promise<PricedOffer | undefined> {
  const { offers } = await listOffers({ task, request }, context);
  const isOwn = ({ offer }: PricedOffer) =>
    offer.provider === task.provider && offer.nativeModel === task.nativeModel;
  const others = offers.filter(
    ({ offer }) => isUntried(task, offer.provider) || isWorthAnotherTry(task, offer.provider),
  );
  const soonest = await findSoonest(task, [...offers.filter(isOwn), ...others], context);
  return soonest === undefined || isOwn(soonest) ? undefined : soonest;
}

/**
 * Every offer that can serve the task as it was accepted: the same model, as long, as sharp, within what the
 * customer would pay. Where the gateway may choose, only those whose orders go through, if there are any. What the
 * budgets have no room for is kept apart.
 */
async function listOffers({ task, request }: Order, context: SubmitContext): Promise<Alternatives> {
  const catalogue = [...context.providers.values()].flatMap(({ offers }) => offers);
  const asAccepted: VideoRequest = {
    ...request,
    model: isSold(request.model, catalogue) ? request.model : task.model,
    seconds: task.seconds,
    resolution: task.resolution,
    // One that was switched off since must not make the order unreadable for the others.
    providers: request.providers?.filter((name) => context.providers.has(name)),
  };
  const survey = await surveyProviders(catalogue, context);
  const { prospectOf } = survey;
  const rotation = context.clock.now().getTime();
  const quoted = excludeStopped(quote(asAccepted, catalogue), survey).offers;
  const ranked = rankOffers(quoted, { request: asAccepted, prospectOf, rotation });
  const sold = await withAccess(ranked, context);
  const { offers, unaffordable } = await splitByBudget(sold, task, context);
  const healthy = offers.filter(({ offer }) => prospectOf(offer).isHealthy);
  return { offers: isFreeToChoose(request) && healthy.length > 0 ? healthy : offers, unaffordable };
}

/** The offer that a task has now costs nothing more, and so always fits. */
async function splitByBudget(
  sold: readonly PricedOffer[],
  task: Task,
  { ledger }: SubmitContext,
): Promise<Alternatives> {
  const findShortfall = await surveyBudgets(task, ledger);
  const judged = sold.map((priced) => {
    const shortfall = findShortfall(priced.variant.priceMicroUsd - task.holdMicroUsd);
    return { priced, shortfall };
  });
  return {
    offers: judged.flatMap(({ priced, shortfall }) => (shortfall === undefined ? [priced] : [])),
    unaffordable: judged.flatMap(({ priced, shortfall }) =>
      shortfall === undefined ? [] : [{ offer: priced.offer, shortfall }],
    ),
  };
}

/** A provider's own spelling says more than the model's name, as long as somebody knows it. */
function isSold(name: string | undefined, catalogue: readonly Offer[]): boolean {
  return name !== undefined && readModelName(name, catalogue) !== undefined;
}

/** Only what we have a key for. */
async function withAccess(
  offers: readonly PricedOffer[],
  { credentials }: SubmitContext,
): Promise<PricedOffer[]> {
  const keys = await Promise.all(offers.map(({ offer }) => credentials.getApiKey(offer.provider)));
  return offers.filter((_, index) => keys[index] !== undefined);
}

/** The best of those that start as soon as any, or hardly later: a few seconds are not worth a higher price. */
async function findSoonest(
  task: Task,
  offers: readonly PricedOffer[],
  context: SubmitContext,
): Promise<PricedOffer | undefined> {
  const estimated = await Promise.all(
    offers.map(async (priced) => {
      return { priced, startAt: await estimateStart(task, priced.offer, context) };
    }),
  );
  const [soonest] = estimated.map(({ startAt }) => startAt).toSorted();
  if (soonest === undefined) return undefined;
  return estimated.find(({ startAt }) => secondsBetween(soonest, startAt) <= tolerableSeconds)?.priced;
}

function isUntried({ attempts, provider: current }: Task, provider: string): boolean {
  return provider !== current && attempts.every((attempt) => attempt.provider !== provider);
}

function isWorthAnotherTry({ attempts }: Task, provider: string): boolean {
  const own = attempts.filter((attempt) => attempt.provider === provider);
  const isPatient = own.every(({ failure }) => failure?.code === 'provider_rate_limited');
  return own.length > 0 && isPatient && own.length < maxRateLimitedTries;
}

/**
 * Its place goes to somebody else once it has moved; until then another worker may be about to use it. What lost its
 * race, for the row or for the budget, is decided anew from the row that is returned.
 */
export async function moveTo(priced: PricedOffer, task: Task, context: SubmitContext): Promise<Written> {
  const outcome = await changeOffer(task, { priced, now: context.clock.now() }, context.ledger);
  if (outcome === 'changed') {
    await context.queue.leave(task.provider, task);
    await giveBackPlace(task.provider, task.id, context);
  }
  return requireTask(task.id, context.tasks);
}
