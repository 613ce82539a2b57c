import { setTimeout as sleep } from 'node:timers/promises';
import { type Clock, secondsAfter } from '../clock.ts';
import { ConchError } from '../errors.ts';
import { newShortId, newTaskId } from '../ids.ts';
import type { Fingerprint, FingerprintStore, RetryChain } from '../storage/fingerprint-store.ts';
import type { TaskStore, TaskView } from '../storage/task-store.ts';

export interface RetryChainDependencies {
  readonly fingerprints: FingerprintStore;
  readonly tasks: Pick<TaskStore, 'getTaskView'>;
  readonly clock: Clock;
}

/** A request of a chain: 0 is the first one, each repeat counts one more. */
interface ChainRequest extends Fingerprint {
  readonly retryCount: number;
}

/** The task that an order is, by its id; with what was accepted of it, if it was. */
export interface KnownOrder {
  readonly taskId: string;
  readonly view?: TaskView;
}

/** Ten minutes from a chain's last request, and ten seconds: OpenAI's client times out after ten minutes, too. */
const openSeconds = 10 * 60 + 10;
/** Equal orders that are repeated at the same moment take their chains from each other; each loses a few times. */
const maxTries = 50;
const maxDelayMs = 50;
/** So many chains are looked up at once. */
const batchSize = 25;

/** Opens the chain of an order that no chain knows, before anything of it is accepted. Returns its task's id. */
export async function openChain(
  { retryCount, ...fingerprint }: ChainRequest,
  { fingerprints, clock }: RetryChainDependencies,
): Promise<string> {
  const now = clock.now();
  const taskId = newTaskId(fingerprint.account);
  const chain = {
    taskId,
    openedAt: now.toISOString(),
    takenBy: { [retryCount]: newShortId() },
    expireAtSeconds: expiryFrom(now),
  };
  await fingerprints.openChain(fingerprint, chain);
  return taskId;
}

/**
 * The order that a marked repeat belongs to; absent when no chain waits for it, because none of its earlier
 * requests came through. Nothing names the call: DECISIONS.md says why the choice buys no order twice.
 */
export async function joinChain(
  { retryCount, ...fingerprint }: ChainRequest,
  { fingerprints, tasks, clock }: RetryChainDependencies,
): Promise<KnownOrder | undefined> {
  const requestId = newShortId();
  for (let tries = 1; tries <= maxTries; tries += 1) {
    const now = clock.now();
    const chains = await fingerprints.listChains(fingerprint, now);
    const behind = chains.filter((chain) => lastCountOf(chain) < retryCount);
    const overtaken = chains.filter(
      (chain) => lastCountOf(chain) > retryCount && !(retryCount in chain.takenBy),
    );
    const choice = (await chooseChain(behind, tasks)) ?? (await chooseChain(overtaken, tasks));
    if (choice === undefined) return undefined;
    const { chain, view } = choice;
    const request = { retryCount, requestId, expireAtSeconds: expiryFrom(now) };
    const isMine = await fingerprints.extendChain(fingerprint, chain, request);
    if (isMine) return { taskId: chain.taskId, ...(view !== undefined && { view }) };
    await sleep(Math.random() * maxDelayMs);
  }
  throw new ConchError('temporarily_unavailable', 'Too many equal orders are repeated at once; try again');
}

interface Choice {
  readonly chain: RetryChain;
  readonly view?: TaskView;
}

/** An order that was accepted comes first, then the chain that got furthest, then the one that was asked for last. */
async function chooseChain(
  chains: readonly RetryChain[],
  tasks: RetryChainDependencies['tasks'],
): Promise<Choice | undefined> {
  const furthest = chains.toSorted(
    (one, other) => lastCountOf(other) - lastCountOf(one) || other.expireAtSeconds - one.expireAtSeconds,
  );
  for (let first = 0; first < furthest.length; first += batchSize) {
    const batch = furthest.slice(first, first + batchSize).map(async (chain) => {
      const view = await tasks.getTaskView(chain.taskId);
      return view === undefined ? [] : [{ chain, view }];
    });
    const accepted = (await Promise.all(batch)).flat();
    const equals = accepted.filter(({ chain }) => isAsFar(chain, accepted[0]?.chain));
    // Any of them: repeats that come at the same moment should not all want the same one.
    if (equals.length > 0) return equals[Math.floor(Math.random() * equals.length)];
  }
  const [chain] = furthest;
  return chain && { chain };
}

/** Whether the last requests of both had the same count, and came in the same second. */
function isAsFar(one: RetryChain, other: RetryChain | undefined): boolean {
  if (other === undefined) return false;
  return lastCountOf(one) === lastCountOf(other) && one.expireAtSeconds === other.expireAtSeconds;
}

function lastCountOf({ takenBy }: RetryChain): number {
  return Math.max(...Object.keys(takenBy).map(Number));
}

function expiryFrom(now: Date): number {
  return Math.ceil(Date.parse(secondsAfter(now, openSeconds)) / 1000);
}
