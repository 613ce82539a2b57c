import { beforeEach } from 'vitest';
import type { Failure } from '../../shared/domain/job-progress.ts';
import type { Offer } from '../../shared/domain/offer.ts';
import type { Task } from '../../shared/domain/task.ts';
import type { StepInput } from '../../shared/domain/workflow-state.ts';
import { newShortId } from '../../shared/ids.ts';
import { settleTask } from '../../shared/ledger/settle.ts';
import { createSafeFetch } from '../../shared/media/safe-fetch.ts';
import { parseOrder } from '../../shared/ordering/parse-order.ts';
import { type OrderingDependencies, placeOrder } from '../../shared/ordering/place-order.ts';
import { createMediaStore } from '../../shared/storage/media-store.ts';
import type { TaskView } from '../../shared/storage/task-store.ts';
import { createManualClock, type ManualClock } from './manual-clock.ts';
import { startMediaBucket } from './media-bucket.ts';
import { anOffer, readMonth } from './orders.ts';
import type { Tables } from './tables.ts';

/** Two offers of one model: from text, and from an image. */
const twoOffers: readonly Offer[] = [
  anOffer(),
  anOffer({
    operation: 'i2v',
    nativeModel: 'i2v-01',
    prompt: { isRequired: false, maxLength: 99 },
    image: {
      formats: ['png'],
      maxBytes: 99_999,
      minSidePixels: 100,
      isMinSideExclusive: false,
      aspect: [0.4, 2.5],
      takesDataUrls: false,
    },
  }),
];

export const refusal: Failure = { code: 'content_rejected', message: 'Refused', charged: 'no' };

/** What places the orders of a new account for each test, on a clock that the test moves. */
interface Ordering {
  readonly account: string;
  readonly clock: ManualClock;
  readonly context: OrderingDependencies;
  /** Inputs of the executions that were started. */
  readonly started: readonly StepInput[];
  /** What is held of the account's money. */
  committed(): Promise<number>;
  read(taskId: string): Promise<TaskView>;
  /** The ids of the account's tasks, the oldest first. */
  taskIds(): Promise<readonly string[]>;
  place(body: object, outboxName?: string): Promise<TaskView>;
  /** Settles a task as failed, or as `ending` says. */
  end(taskId: string, ending?: Partial<Task>): Promise<TaskView>;
  placeEnded(body: object, ending?: Partial<Task>): Promise<TaskView>;
}

export function eachOrdering(tables: () => Tables): () => Ordering {
  let ordering: Ordering;
  beforeEach(async () => {
    ordering = await startOrdering(tables());
  });
  return () => ordering;
}

async function startOrdering(tables: Tables): Promise<Ordering> {
  const account = newShortId();
  const clock = createManualClock();
  const started: StepInput[] = [];
  const context: OrderingDependencies = {
    offers: twoOffers,
    tasks: tables.tasks,
    fingerprints: tables.fingerprints,
    standings: tables.standings,
    ledger: tables.ledger,
    media: createMediaStore(await startMediaBucket()),
    safeFetch: createSafeFetch({ trustedOrigins: [] }),
    trustedOrigins: [],
    clock,
    startExecution: async (input) => void started.push(input),
  };
  const place = async (body: object, outboxName?: string) => {
    clock.advance(1);
    const order = { account, parsed: parseOrder(body), ...(outboxName !== undefined && { outboxName }) };
    return placeOrder(order, context);
  };
  const read = async (taskId: string) => {
    const view = await tables.tasks.getTaskView(taskId);
    if (view === undefined) throw new Error(`There is no task ${taskId}`);
    return view;
  };
  const end = async (taskId: string, ending: Partial<Task> = { failure: refusal }) => {
    const { task } = await read(taskId);
    clock.advance(1);
    await settleTask({ ...task, ...ending }, clock.now(), tables.ledger);
    return read(taskId);
  };
  return {
    account,
    clock,
    context,
    started,
    committed: async () => (await readMonth(tables, account)).committedMicroUsd,
    read,
    async taskIds() {
      const { views } = await tables.tasks.listTaskViews({ account, limit: 100, order: 'asc' });
      return views.map(({ task }) => task.id);
    },
    place,
    end,
    placeEnded: async (body, ending) => end((await place(body)).task.id, ending),
  };
}
