import type { Fate } from './fates.ts';
import { forEver, type WorkerControls } from './worker.ts';
import type { Call } from './workers.ts';

/** How a call is made over its transport, and what its caller sees when that fails. */
export interface Perform<Answer> {
  send(): Promise<Answer>;
  /** The connection broke. */
  broken(): Promise<Answer>;
  /** The other side says that it failed. */
  failed(): Promise<Answer>;
  /** Whether the network may deliver it twice: not an order that has a connection of its own. */
  readonly isRepeatable: boolean;
}

interface Carriage {
  readonly call: Call;
  readonly worker: WorkerControls;
  readonly late: (() => Promise<unknown>)[];
}

export async function carryCall<Answer>(
  { call, worker, late }: Carriage,
  perform: Perform<Answer>,
): Promise<Answer> {
  await worker.untilGoing();
  if (call.isWrite) worker.writes += 1;
  const fate = worker.judge?.(call, worker) ?? 'passes';
  const answer = await suffer(fate, { worker, late }, perform);
  return worker.isDead() ? forEver() : answer;
}

async function suffer<Answer>(
  fate: Fate,
  { worker, late }: Omit<Carriage, 'call'>,
  perform: Perform<Answer>,
): Promise<Answer> {
  switch (fate) {
    case 'passes':
      return perform.send();
    case 'dies_before':
      worker.die();
      return forEver();
    case 'dies_after':
      await perform.send().catch(() => undefined);
      worker.die();
      return forEver();
    case 'dies_during':
      late.push(() => perform.send());
      worker.die();
      return forEver();
    case 'fails_before':
      return perform.failed();
    case 'fails_after':
      await perform.send().catch(() => undefined);
      return perform.failed();
    case 'answer_lost':
      await perform.send().catch(() => undefined);
      return perform.broken();
    case 'arrives_twice':
      if (perform.isRepeatable) await perform.send().catch(() => undefined);
      return perform.send();
    case 'hangs':
      worker.stand('hanging');
      await worker.untilGoing();
      return perform.send();
  }
}
