import { afterAll, beforeAll, expect, it } from 'vitest';
import * as z from 'zod';
import { requireOutput } from '../../infra/local/provision.ts';
import { type ReconcileSources, reconcile } from '../../shared/ledger/reconcile.ts';
import { createMediaStore } from '../../shared/storage/media-store.ts';
import { createStandingStore } from '../../shared/storage/standing-store.ts';
import { createTaskStore } from '../../shared/storage/task-store.ts';
import { type InProcessGateway, startInProcessGateway } from '../support/in-process-gateway.ts';

let gateway: InProcessGateway;
beforeAll(async () => {
  gateway = await startInProcessGateway({ jobSeconds: 180, videoBytes: 20_000 });
});
afterAll(() => gateway.close());

const videoSchema = z.object({ id: z.string() });

async function place(provider: string, prompt: string): Promise<string> {
  const { body } = await gateway.call({ method: 'POST', path: '/v1/videos', json: { provider, prompt } });
  return videoSchema.parse(body).id;
}

function toSources({ clients, stack, clock, simulated }: InProcessGateway): ReconcileSources {
  const [tasks, accounts] = [requireOutput(stack, 'TasksTable'), requireOutput(stack, 'AccountsTable')];
  const tasksTable = { client: clients.dynamodb, tableName: tasks };
  return {
    tasks: createTaskStore(tasksTable),
    standings: createStandingStore(tasksTable),
    accountsTable: { client: clients.dynamodb, tableName: accounts },
    providerNames: [...simulated.keys()],
    media: createMediaStore({ client: clients.s3, bucket: stack.bucket }),
    clock,
    pause: async (seconds) => clock.advance(seconds),
  };
}

it('agrees with orders that went through a whole gateway, and lists those that a person should look at', async () => {
  gateway.simulated.get('piapi')?.setFaults([
    { kind: 'drop_before_accepting', promptIncludes: 'lost' },
    { kind: 'fail', promptIncludes: 'failed' },
  ]);
  gateway.simulated.get('cloudsway')?.setFaults([{ kind: 'never_ends' }]);
  for (const provider of ['piapi', 'haiper', 'apixo', 'kie', 'apikley', 'minimax'])
    await place(provider, 'A lighthouse');
  const [lost, endless] = [await place('piapi', 'A lost boat'), await place('cloudsway', 'A storm')];
  await place('piapi', 'A failed boat');
  await gateway.runToEnd();

  const report = await reconcile(toSources(gateway));

  expect(report).toMatchObject({
    totals: { accounts: 1, tasks: 9, unknown: '0.23' },
    counters: { differing: [], moving: [] },
    unknown: [{ video: lost, provider: 'piapi', job: null }],
    price_drift: [],
    cost_without_task: {
      uncharged: [
        { video: endless, provider: 'cloudsway', reason: 'charged_unknown', error: 'deadline_exceeded' },
      ],
    },
  });
});
