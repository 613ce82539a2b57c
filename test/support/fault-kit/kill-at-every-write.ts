import type { FaultInput } from '../../../infra/local/simulated-providers/faults.ts';
import type { Environment } from '../../../shared/config.ts';
import { type Customer, createCustomer } from '../in-memory/customer.ts';
import { findBreaches } from '../in-memory/find-breaches.ts';
import type { CallbackDelivery } from '../in-memory/memory-callbacks.ts';
import { type MemoryGateway, openMemoryGateway } from '../in-memory/memory-gateway.ts';
import type { MemorySurroundings } from '../in-memory/memory-surroundings.ts';
import { type Books, readBooks } from '../in-memory/read-books.ts';
import { replay } from '../in-memory/replay.ts';
import { runToEnd } from '../in-memory/run-to-end.ts';
import type { Fate } from './fates.ts';

/** What happens to a customer, from the first request to the end of the last order. */
export interface Life {
  readonly providerNames: readonly string[];
  /** Settings of the providers. */
  readonly variables?: Environment;
  readonly faults?: Readonly<Record<string, readonly FaultInput[]>>;
  readonly jobSeconds?: number;
  live(customer: Customer): Promise<void>;
  /** What is wrong with its end, besides what is wrong with any. */
  judge?(books: Books, gateway: MemoryGateway): Promise<string[]> | string[];
}

export interface KillReport {
  /** Of the undisturbed life, in their order: `CheckJob: UpdateItem TASK …`. */
  readonly writes: readonly string[];
  /** How often the life was lived with a misfortune. */
  readonly disturbed: number;
  readonly problems: readonly string[];
}

const jobSeconds = 60;

/**
 * Lives a life once undisturbed, which shows its writes, and then once for each of them and each fate, with everything
 * repeated afterwards as it would be. To die before a write is the same as to die after the one before it, unless it
 * is a worker's first.
 */
export async function killAtEveryWrite(
  life: Life,
  fates: readonly Fate[],
  surroundings: MemorySurroundings,
): Promise<KillReport> {
  const stage = await openStage(life, surroundings);
  try {
    const undisturbed = await stage.liveOnce();
    const problems = undisturbed.problems.map((problem) => `undisturbed: ${problem}`);
    let disturbed = 0;
    for (const [index, { what, isFirst }] of undisturbed.writes.entries()) {
      for (const fate of fates) {
        if (fate === 'dies_before' && !isFirst) continue;
        disturbed += 1;
        const { writes, problems: found } = await stage.liveOnce({ write: index + 1, fate });
        const before = writes[index]?.what;
        const strayed = before === what ? [] : [`the write was another one: ${before}`];
        const label = `${fate} at write ${index + 1} (${what})`;
        problems.push(...[...strayed, ...found].map((problem) => `${label}: ${problem}`));
      }
    }
    return { writes: undisturbed.writes.map(({ what }) => what), disturbed, problems };
  } finally {
    await stage.close();
  }
}

interface Write {
  readonly what: string;
  /** Of its worker. */
  readonly isFirst: boolean;
}

interface Misfortune {
  /** Counted from 1 over all workers. */
  readonly write: number;
  readonly fate: Fate;
}

async function openStage(life: Life, surroundings: MemorySurroundings) {
  const { providerNames, variables } = life;
  let writes: Write[] = [];
  let misfortune: Misfortune | undefined;
  let deliveries: CallbackDelivery[] = [];
  const gateway = await openMemoryGateway({
    surroundings,
    providerNames,
    jobSeconds: life.jobSeconds ?? jobSeconds,
    ...(variables !== undefined && { variables }),
    judge({ what, isWrite }, worker) {
      if (!isWrite) return 'passes';
      writes.push({ what: `${worker.name}: ${what}`, isFirst: worker.writes === 1 });
      return writes.length === misfortune?.write ? misfortune.fate : 'passes';
    },
    onCallback(delivery) {
      deliveries.push(delivery);
      return gateway.receive(delivery);
    },
  });
  return {
    close: () => gateway.close(),
    async liveOnce(given?: Misfortune) {
      await gateway.reset();
      for (const [name, faults] of Object.entries(life.faults ?? {}))
        gateway.world().providers.get(name)?.setFaults(faults);
      const customer = await createCustomer(gateway);
      [writes, deliveries, misfortune] = [[], [], given];
      const lived = gateway.activity.track(life.live(customer));
      await runToEnd(gateway);
      await lived;
      const lifeWrites = writes.slice();
      misfortune = undefined;
      const books = await readBooks(gateway);
      const breaches = await findBreaches(books, gateway);
      const own = (await life.judge?.(books, gateway)) ?? [];
      const changed = await replay(gateway, { calls: customer.answered, deliveries: [...deliveries] });
      return { writes: lifeWrites, problems: [...breaches, ...own, ...changed] };
    },
  };
}
