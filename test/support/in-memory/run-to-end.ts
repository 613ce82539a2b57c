import * as z from 'zod';
import { requireOutput } from '../../../infra/local/provision.ts';
import { secondsAfter } from '../../../shared/clock.ts';
import { dueShard } from '../../../shared/storage/task-items.ts';
import type { MemoryGateway } from './memory-gateway.ts';
import { readBooks } from './read-books.ts';

/** As the schedule of the stack. */
const sweepSeconds = 60;
/** What is due later than any task may take is the end of a retention. */
const horizonSeconds = 48 * 60 * 60;
/** The longest waiting of a few orders, for a place or for an archive, takes far fewer. */
const mostSteps = 2000;
/** After which a place of a task that is over is taken back. */
const leaseGraceSeconds = 180;

/**
 * Lets time pass until nothing is left to do: timers, callbacks, calls that arrive late, and the sweeper. Of the
 * sweeps, which come every minute, those are left out that would find nothing to do.
 */
export async function runToEnd(gateway: MemoryGateway, maxSteps = mostSteps): Promise<void> {
  await runUntilIdle(gateway, maxSteps);
  const { standings, waiting } = await readBooks(gateway);
  const places = [...standings.values()].flatMap(({ leases }) => Object.keys(leases));
  if (places.length === 0 && waiting.length === 0) return;
  gateway.clock.advance(leaseGraceSeconds);
  await sweep(gateway);
  await runUntilIdle(gateway, maxSteps);
}

async function runUntilIdle(gateway: MemoryGateway, maxSteps: number): Promise<void> {
  const { clock, activity, workers } = gateway;
  const earliestDue = createDueReader(gateway);
  let sweptAt = '';
  for (let steps = 0; steps < maxSteps; steps += 1) {
    await activity.untilQuiet();
    await workers.deliverLate();
    const dueAt = await earliestDue();
    const cancel =
      dueAt &&
      clock.schedule(new Date(laterOf(dueAt, sweptAt)), () => {
        sweptAt = secondsAfter(clock.now(), sweepSeconds);
        void sweep(gateway);
      });
    if (!clock.advanceToNextTimer()) return;
    // The other timers of the same moment too: their work shall meet, as it would in life.
    clock.advance(0);
    if (cancel) cancel();
  }
  throw new Error(`After ${maxSteps} steps there is still something to do: it goes in a circle`);
}

/** A sweeper that dies is followed by the next one. */
async function sweep(gateway: MemoryGateway): Promise<void> {
  await gateway.sweep().catch(() => undefined);
}

function laterOf(one: string, other: string): string {
  return one > other ? one : other;
}

const pageSchema = z.object({ Items: z.array(z.object({ nextDueAt: z.object({ S: z.string() }) })) });

/** Reads anew only what may have changed. */
function createDueReader(gateway: MemoryGateway): () => Promise<string | undefined> {
  let readAt = -1;
  let dueAt: string | undefined;
  return async () => {
    const writes = gateway.world().writes();
    if (writes !== readAt) dueAt = await readDue(gateway);
    readAt = writes;
    return dueAt;
  };
}

async function readDue({ stack, world, clock }: MemoryGateway): Promise<string | undefined> {
  const page = await world().dynamodb('Query', {
    TableName: requireOutput(stack, 'TasksTable'),
    IndexName: 'due',
    KeyConditionExpression: 'dueShard = :shard AND nextDueAt <= :horizon',
    ExpressionAttributeValues: {
      ':shard': { S: dueShard },
      ':horizon': { S: secondsAfter(clock.now(), horizonSeconds) },
    },
    Limit: 1,
  });
  return pageSchema.parse(page).Items[0]?.nextDueAt.S;
}
