import * as z from 'zod';
import type { Life } from '../../support/fault-kit/kill-at-every-write.ts';
import { memoryAccount } from '../../support/in-memory/customer.ts';
import type { MemoryGateway } from '../../support/in-memory/memory-gateway.ts';
import { receiverUrl } from '../../support/in-memory/memory-receiver.ts';
import type { Books } from '../../support/in-memory/read-books.ts';

const model = 'hailuo-01';
/** Job seconds of the simulated providers. */
const jobSeconds = 60;

/** The kinds of lives that an order may have. */
export const lives = {
  'an order whose provider calls back': {
    providerNames: ['piapi'],
    jobSeconds,
    live: async ({ order }) => void (await order({ prompt: 'Called back', model })),
    judge: (books) => findOtherEnds(books, { 'Called back': 'completed' }),
  },
  'an order with a webhook': {
    providerNames: ['cloudsway'],
    jobSeconds,
    live: async ({ order }) => void (await order({ prompt: 'Told', model, webhook: { url: receiverUrl } })),
    judge: (books) => findOtherEnds(books, { Told: 'completed' }),
  },
  'an order whose job is looked at': {
    providerNames: ['cloudsway'],
    jobSeconds,
    live: async ({ order }) => void (await order({ prompt: 'Looked at', model })),
    judge: (books) => findOtherEnds(books, { 'Looked at': 'completed' }),
  },
  'an order from the inbox': {
    providerNames: ['cloudsway'],
    jobSeconds,
    live: ({ drop }) => drop('clip', { prompt: 'Dropped', model }),
    judge: async (books, gateway) => [
      ...findOtherEnds(books, { Dropped: 'completed' }),
      ...(await findOutboxBreaches(books, gateway)),
    ],
  },
  'an order that is refused and then waits for the only place elsewhere': {
    providerNames: ['cloudsway', 'piapi'],
    variables: { PIAPI_LIMITS: '{"concurrent": 1}' },
    faults: { cloudsway: [{ kind: 'create_error', status: 402 }] },
    jobSeconds,
    async live({ order }) {
      await order({ prompt: 'In the way', model, provider: 'piapi' });
      await order({ prompt: 'Refused', model, provider: ['cloudsway', 'piapi'] });
    },
    judge: (books) => findOtherEnds(books, { 'In the way': 'completed', Refused: 'completed' }),
  },
  'an order whose job fails, and its retry': {
    providerNames: ['piapi'],
    faults: { piapi: [{ kind: 'fail', times: 1 }] },
    jobSeconds,
    async live({ order, call, pause }) {
      const id = await order({ prompt: 'Failing', model });
      await pause(3 * 60 * 60);
      await call({ method: 'POST', path: `/v1/videos/${id}/retry` });
    },
  },
  'an order from the inbox that is deleted': {
    providerNames: ['cloudsway'],
    jobSeconds,
    async live({ drop, call, pause }) {
      await drop('clip', { prompt: 'Deleted', model });
      await pause(2 * 60 * 60);
      const { body } = await call({ path: '/v1/videos' });
      const [video] = z.object({ data: z.array(z.object({ id: z.string() })) }).parse(body).data;
      await call({ method: 'DELETE', path: `/v1/videos/${video?.id}` });
    },
    judge: async ({ tasks }, gateway) => {
      const files = await listOutbox(gateway);
      const isParked = tasks.some(({ chargeMicroUsd }) => chargeMicroUsd === undefined);
      return isParked || files === '' ? [] : [`the outbox still has ${files}`];
    },
  },
  'an order whose job shows up after it was given up': {
    providerNames: ['piapi'],
    // It is given up after ten times as long.
    variables: { PIAPI_TYPICAL_SECONDS: '10' },
    faults: { piapi: [{ kind: 'drop_after_accepting' }, { kind: 'delay_callback', seconds: 600 }] },
    jobSeconds,
    live: async ({ order }) => void (await order({ prompt: 'Late', model })),
    judge: (books) => [
      ...findOtherEnds(books, { Late: 'submit_unknown' }),
      ...books.tasks.flatMap(({ result }) =>
        result === undefined && books.jobs.length > 0 ? ['its video is not kept'] : [],
      ),
    ],
  },
  'an order that is canceled while it waits for a place': {
    providerNames: ['piapi'],
    variables: { PIAPI_LIMITS: '{"concurrent": 1}' },
    jobSeconds,
    async live({ order, call, pause }) {
      await order({ prompt: 'In the way', model });
      const id = await order({ prompt: 'Canceled', model });
      await pause(10);
      await call({ method: 'POST', path: `/v1/videos/${id}/cancel` });
    },
    judge: (books) => findOtherEnds(books, { 'In the way': 'completed', Canceled: 'canceled' }),
  },
  'an order that is canceled at its provider': {
    providerNames: ['piapi'],
    jobSeconds,
    async live({ order, call, pause }) {
      const id = await order({ prompt: 'Canceled', model });
      await pause(5);
      await call({ method: 'POST', path: `/v1/videos/${id}/cancel` });
    },
    // A job that only its callback made known has ended by then.
    judge: (books) => findOtherEnds(books, { Canceled: ['canceled', 'completed'] }),
  },
} satisfies Record<string, Life>;

/** An order whose worker died while it was sent may have been bought or not, and is parked then. */
function findOtherEnds(
  { tasks, prompts }: Books,
  ends: Readonly<Record<string, string | readonly string[]>>,
): string[] {
  const found = new Map(tasks.map(({ id, state, failure }) => [prompts.get(id), failure?.code ?? state]));
  return Object.entries(ends).flatMap(([prompt, end]) =>
    [end, 'submit_unknown'].flat().includes(found.get(prompt) ?? '')
      ? []
      : [`"${prompt}" ended as ${found.get(prompt)}`],
  );
}

/** What an order from the inbox finds in the outbox says how it ended, and nothing else lies there. */
async function findOutboxBreaches({ tasks }: Books, gateway: MemoryGateway): Promise<string[]> {
  const files = await listOutbox(gateway);
  const wanted = tasks[0]?.state === 'completed' ? 'mp4,result.json' : 'error.json';
  return files === wanted ? [] : [`the outbox has ${files} instead of ${wanted}`];
}

async function listOutbox({ context }: MemoryGateway): Promise<string> {
  const found = await Promise.all(
    ['mp4', 'result.json', 'error.json'].map(async (extension) => {
      const head = await context.media.headObject(`outbox/${memoryAccount}/clip.${extension}`);
      return head === undefined ? [] : [extension];
    }),
  );
  return found.flat().join();
}
