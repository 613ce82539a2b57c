import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import type { SFNClient } from '@aws-sdk/client-sfn';
import type { LedgerTables } from '../../shared/ledger/accept.ts';
import type { LimitsContext } from '../../shared/limits/limits-context.ts';
import type { OrderingDependencies } from '../../shared/ordering/place-order.ts';

/** A worker's death: before or after its nth write, counted from 1. */
interface Death {
  readonly write: number;
  readonly when: 'before' | 'after';
}

/** Every death among so many writes. */
export function everyDeath(writes: number): Death[] {
  return Array.from({ length: writes }, (_, index) => index + 1).flatMap((write) => [
    { write, when: 'before' as const },
    { write, when: 'after' as const },
  ]);
}

interface MortalContext extends LimitsContext {
  readonly ledger?: LedgerTables;
}

/** The context of a worker that dies: its writes work until then. Releasing a sleeper and booking money are some. */
export function mortal<Context extends MortalContext>(context: Context, death: Death): Context {
  const strike = createStrike(death);
  const { standings, queue, tasks, ledger } = context;
  const send = strike(context.executions.send.bind(context.executions));
  const executions: SFNClient = Object.create(context.executions, { send: { value: send } });
  return {
    ...context,
    standings: { ...standings, update: strike(standings.update), putTimes: strike(standings.putTimes) },
    queue: { ...queue, join: strike(queue.join), leave: strike(queue.leave) },
    tasks: {
      ...tasks,
      transition: strike(tasks.transition),
      amend: strike(tasks.amend),
      amendTerminal: strike(tasks.amendTerminal),
    },
    executions,
    ...(ledger !== undefined && { ledger: { ...ledger, client: mortalClient(ledger.client, strike) } }),
  };
}

/** What places orders until it dies: the start of an execution is its last write. */
export function mortalOrdering(context: OrderingDependencies, death: Death): OrderingDependencies {
  const strike = createStrike(death);
  const { fingerprints, media, ledger } = context;
  return {
    ...context,
    fingerprints: {
      ...fingerprints,
      openChain: strike(fingerprints.openChain),
      extendChain: strike(fingerprints.extendChain),
    },
    media: { ...media, putObject: strike(media.putObject) },
    ledger: { ...ledger, client: mortalClient(ledger.client, strike) },
    startExecution: strike(context.startExecution),
  };
}

/** The tables of a ledger whose worker dies. */
export function mortalLedger(ledger: LedgerTables, death: Death): LedgerTables {
  return { ...ledger, client: mortalClient(ledger.client, createStrike(death)) };
}

function mortalClient(client: DynamoDBClient, strike: ReturnType<typeof createStrike>): DynamoDBClient {
  const read = client.send.bind(client);
  const write = strike(client.send.bind(client));
  const send = (...input: Parameters<typeof write>) =>
    input[0] instanceof GetItemCommand ? read(...input) : write(...input);
  return Object.create(client, { send: { value: send } });
}

/** Wraps writes so that they count together, and that none works from the death on. */
function createStrike({ write: last, when }: Death) {
  let writes = 0;
  return <Input extends readonly unknown[], Output>(write: (...input: Input) => Promise<Output>) =>
    async (...input: Input): Promise<Output> => {
      writes += 1;
      if (writes > last || (writes === last && when === 'before')) throw new Error('killed');
      const written = await write(...input);
      if (writes === last) throw new Error('killed');
      return written;
    };
}

/** Runs what may be killed; anything else that goes wrong is an error of the test. */
export async function untilKilled(work: Promise<unknown>): Promise<'killed' | 'survived'> {
  try {
    await work;
    return 'survived';
  } catch (error) {
    if (error instanceof Error && error.message === 'killed') return 'killed';
    throw error;
  }
}
