import { requireOutput } from '../../../infra/local/provision.ts';
import type { ApiCall } from '../http-events.ts';
import type { CallbackDelivery } from './memory-callbacks.ts';
import type { MemoryGateway } from './memory-gateway.ts';
import { readMoney, scanTable } from './read-books.ts';
import { runToEnd } from './run-to-end.ts';

interface Past {
  readonly calls: readonly ApiCall[];
  readonly deliveries: readonly CallbackDelivery[];
}

/**
 * Lets all that happened to ended orders happen again: requests, callbacks, sweeps, and an execution from the top for
 * each. Returns the rows that this changed, of which there should be none.
 */
export async function replay(gateway: MemoryGateway, { calls, deliveries }: Past): Promise<string[]> {
  const before = await readRows(gateway);
  for (const call of calls) await gateway.call(call);
  for (const delivery of deliveries) await gateway.receive(delivery);
  const { tasks } = await readMoney(gateway);
  for (const { id, run } of tasks) {
    gateway.world().engine.startExecution({
      stateMachineArn: requireOutput(gateway.stack, 'StateMachineArn'),
      name: `${id}-again`,
      input: JSON.stringify({ taskId: id, run }),
    });
  }
  await gateway.sweep();
  await runToEnd(gateway);
  const after = await readRows(gateway);
  const names = [...new Set([...before.keys(), ...after.keys()])];
  return names
    .filter((name) => before.get(name) !== after.get(name))
    .map((name) => `a replay changed ${name} from ${before.get(name)} to ${after.get(name)}`);
}

/** A look is counted whoever asks for it, also at a task that has ended. */
const ignored = new Set(['looks']);

async function readRows(gateway: MemoryGateway): Promise<Map<string, string>> {
  const items = [...(await scanTable(gateway, 'TasksTable')), ...(await scanTable(gateway, 'AccountsTable'))];
  return new Map(
    items.map((item) => {
      const attributes = Object.entries(item).filter(([name]) => !ignored.has(name));
      return [`${item['pk']?.S} ${item['sk']?.S}`, JSON.stringify(attributes.toSorted())];
    }),
  );
}
