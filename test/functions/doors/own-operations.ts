import type { Task } from '../../../shared/domain/task.ts';
import { newWebhookSecret, toVideoId } from '../../../shared/ids.ts';
import { settleTask } from '../../../shared/ledger/settle.ts';
import { createDeliveryStore, deliveryIdOf } from '../../../shared/storage/delivery-store.ts';
import { createEndpointStore } from '../../../shared/storage/endpoint-store.ts';
import { placeCompletedOrder } from '../../support/completed-task.ts';
import { contractDocument } from '../../support/contract/find-operation.ts';
import { placeTestOrder } from '../../support/orders.ts';
import type { Tables } from '../../support/tables.ts';

const isOwn = (path: string) => path.startsWith('/v1/') && !path.startsWith('/v1/ai/');

/** Method and path of everything that our own API does for a key, as the contract has it. */
export const ownOperations = Object.entries(contractDocument.paths)
  .filter(([path]) => isOwn(path))
  .flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => [method.toUpperCase(), path] as const),
  );

interface Place {
  readonly account: string;
  readonly path: string;
}

/** Ids of things of the account that the path may be about, newly made; it can be done with the first of them. */
export async function placeThings(tables: Tables, { account, path }: Place): Promise<readonly string[]> {
  if (path.startsWith('/v1/webhook_endpoints')) return placeEndpoints(tables, account);
  if (path.startsWith('/v1/webhook_deliveries')) return placeDeliveries(tables, account);
  const ended = [await placeCompletedOrder(tables, { account }), await placeFailedOrder(tables, account)];
  if (path.endsWith('/retry')) ended.reverse();
  // Whoever asks for one that runs may wait for its end.
  const running = path.endsWith('/cancel') ? [await placeTestOrder(tables, { account })] : [];
  return [...running, ...ended].map(({ id }) => toVideoId(id));
}

async function placeFailedOrder(tables: Tables, account: string): Promise<Task> {
  const task = await placeTestOrder(tables, { account });
  const failure = { code: 'content_rejected', message: 'Refused', charged: 'no' } as const;
  await settleTask({ ...task, failure }, new Date(), tables.ledger);
  return task;
}

const at = '2026-03-02T10:00:00.000Z';

async function placeEndpoints({ client }: Tables, account: string): Promise<readonly string[]> {
  const ids = ['we_one', 'we_other'];
  const endpoint = {
    url: 'https://hooks.example.com/conch',
    events: ['video.failed' as const],
    isEnabled: true,
    createdAt: at,
    secret: newWebhookSecret(),
    oldSecrets: [],
  };
  const store = createEndpointStore({ client, tableName: 'accounts' });
  await store.change(account, () => ids.map((id) => ({ ...endpoint, id })));
  return ids;
}

async function placeDeliveries({ client }: Tables, account: string): Promise<readonly string[]> {
  const id = deliveryIdOf(at, [account]);
  await createDeliveryStore({ client, tableName: 'tasks' }).put(account, {
    id,
    type: 'video.completed',
    receiver: { kind: 'order' },
    occurredAt: at,
    status: 'delivered',
    run: 1,
    attempts: 1,
    expireAtSeconds: 2_000_000_000,
  });
  return [id];
}
