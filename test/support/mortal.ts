import { type DynamoDBClient, GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { DescribeExecutionCommand, type SFNClient } from '@aws-sdk/client-sfn';
import type { DeliveryContext } from '../../functions/steps/deliver-webhook/deliver-webhook.ts';
import type { LedgerTables } from '../../shared/ledger/accept.ts';
import type { LimitsContext } from '../../shared/limits/limits-context.ts';
import type { FollowUpContext } from '../../shared/ordering/follow-ups.ts';
import type { OrderingDependencies } from '../../shared/ordering/place-order.ts';
import type { WebhookTools } from '../../shared/ordering/webhook-tools.ts';
import type { MediaStore } from '../../shared/storage/media-store.ts';
import type { TaskStore } from '../../shared/storage/task-store.ts';

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
  readonly media?: MediaStore;
  readonly webhooks?: WebhookTools;
}

/**
 * The context of a worker that dies: its writes work until then. Starting an execution, releasing a sleeper, booking
 * money, changing objects of the bucket, and handing webhooks over are some.
 */
export function mortal<Context extends MortalContext>(context: Context, death: Death): Context {
  const strike = createStrike(death);
  const { standings, queue, tasks, executions, ledger, media, webhooks } = context;
  return {
    ...context,
    standings: { ...standings, update: strike(standings.update), putTimes: strike(standings.putTimes) },
    queue: { ...queue, join: strike(queue.join), leave: strike(queue.leave) },
    tasks: mortalTasks(tasks, strike),
    executions: mortalExecutions(executions, strike),
    ...(media !== undefined && { media: mortalMedia(media, strike) }),
    ...(ledger !== undefined && { ledger: { ...ledger, client: mortalClient(ledger.client, strike) } }),
    ...(webhooks !== undefined && { webhooks: mortalWebhooks(webhooks, strike) }),
  };
}

/** All that is written of a task but by the ledger. */
function mortalTasks(tasks: TaskStore, strike: Strike): TaskStore {
  return {
    ...tasks,
    transition: strike(tasks.transition),
    amend: strike(tasks.amend),
    amendTerminal: strike(tasks.amendTerminal),
    forgetContent: strike(tasks.forgetContent),
    postpone: strike(tasks.postpone),
    takeWake: strike(tasks.takeWake),
    claimJob: strike(tasks.claimJob),
  };
}

function mortalWebhooks(webhooks: WebhookTools, strike: Strike): WebhookTools {
  const { deliveries, accountTable, startDelivery } = webhooks;
  return {
    ...webhooks,
    deliveries: { ...deliveries, put: strike(deliveries.put) },
    accountTable: { ...accountTable, client: mortalClient(accountTable.client, strike) },
    startDelivery: strike(startDelivery),
  };
}

function mortalExecutions(executions: SFNClient, strike: Strike): SFNClient {
  const read = executions.send.bind(executions);
  const write = strike(executions.send.bind(executions));
  const send = (...input: Parameters<typeof write>) =>
    input[0] instanceof DescribeExecutionCommand ? read(...input) : write(...input);
  return Object.create(executions, { send: { value: send } });
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

function mortalMedia(media: MediaStore, strike: Strike): MediaStore {
  return {
    ...media,
    putObject: strike(media.putObject),
    copyObject: strike(media.copyObject),
    deleteObject: strike(media.deleteObject),
    deleteUnchanged: strike(media.deleteUnchanged),
  };
}

/** What deletes a video until it dies. */
export function mortalDeletion<Context extends DeletionContext>(context: Context, death: Death): Context {
  const strike = createStrike(death);
  const { tasks, media } = context;
  return {
    ...context,
    tasks: mortalTasks(tasks, strike),
    media: mortalMedia(media, strike),
  };
}

/** What delivers a webhook until it dies; the request that it sends counts as a write. */
export function mortalDelivery<Context extends DeliveryContext>(context: Context, death: Death): Context {
  const strike = createStrike(death);
  const { deliveries, endpoints, post } = context;
  return {
    ...context,
    deliveries: { ...deliveries, change: strike(deliveries.change) },
    endpoints: { ...endpoints, change: strike(endpoints.change) },
    post: strike(post),
  };
}

/** What hands webhooks over until it dies: rows, executions, marks and cleared follow-ups. */
export function mortalAnnouncement<Context extends FollowUpContext>(context: Context, death: Death): Context {
  const strike = createStrike(death);
  const { webhooks, tasks } = context;
  return { ...context, tasks: mortalTasks(tasks, strike), webhooks: mortalWebhooks(webhooks, strike) };
}

interface DeletionContext {
  readonly tasks: TaskStore;
  readonly media: MediaStore;
}

/** The tables of a ledger whose worker dies. */
export function mortalLedger(ledger: LedgerTables, death: Death): LedgerTables {
  return { ...ledger, client: mortalClient(ledger.client, createStrike(death)) };
}

type Strike = ReturnType<typeof createStrike>;

function mortalClient(client: DynamoDBClient, strike: Strike): DynamoDBClient {
  const read = client.send.bind(client);
  const write = strike(client.send.bind(client));
  const send = (...input: Parameters<typeof write>) => (isRead(input[0]) ? read(...input) : write(...input));
  return Object.create(client, { send: { value: send } });
}

function isRead(command: object): boolean {
  return command instanceof GetItemCommand || command instanceof QueryCommand;
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
