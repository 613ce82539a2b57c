import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FaultInput } from '../../infra/local/simulated-providers/faults.ts';
import { fromUsd } from '../../shared/domain/money.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { createPng } from '../support/images.ts';
import { newCustomer } from './support/customer.ts';
import type { Video } from './support/public-api.ts';
import { controlSimulation } from './support/simulation.ts';

/** Nothing listens there. */
const closedOrigin = 'http://127.0.0.1:1';

const frame = `data:image/png;base64,${createPng({ width: 640, height: 480 }).toString('base64')}`;

const faults: Readonly<Record<string, readonly FaultInput[]>> = {
  piapi: [{ kind: 'create_error', status: 402, promptIncludes: 'without credit' }],
  cloudsway: [{ kind: 'create_error', status: 500, promptIncludes: 'breaks down' }],
  kie: [
    { kind: 'moderate_at_submit', promptIncludes: 'forbidden' },
    { kind: 'moderate', promptIncludes: 'doubtful' },
  ],
};

interface Case {
  readonly title: string;
  readonly order: { readonly prompt: string; readonly [field: string]: unknown };
  /** Each as `provider outcome price reason`. */
  readonly attempts: readonly string[];
  readonly status: 'completed' | 'failed';
  readonly code?: string;
  readonly held?: string;
  readonly spent?: string;
}

const cases: readonly Case[] = [
  {
    title: 'is made by the next that was named when the first has no credit, for the price of the next',
    order: { prompt: 'A sale without credit', model: 'hailuo-01', provider: ['piapi', 'minimax'] },
    attempts: ['piapi refused 0.20 provider_balance', 'minimax accepted 0.25'],
    status: 'completed',
    spent: '0.25',
  },
  {
    title: 'is made elsewhere when the cheapest cannot be reached',
    // Two sell this, so the other one is no matter of who starts sooner.
    order: {
      prompt: 'A sale at a closed door',
      model: 'hailuo-02',
      first_frame_image: frame,
      last_frame_image: frame,
      provider: 'auto',
    },
    attempts: ['apikley not_sent 0.15 provider_unreachable', 'minimax accepted 0.28'],
    status: 'completed',
    spent: '0.28',
  },
  {
    title: 'fails when the next costs more than it may',
    order: {
      prompt: 'A cheap sale without credit',
      model: 'hailuo-01',
      provider: ['piapi', 'minimax'],
      max_cost_usd: '0.24',
    },
    attempts: ['piapi refused 0.20 provider_balance'],
    status: 'failed',
    code: 'provider_balance',
  },
  {
    title: 'goes nowhere else, and its price stays held, when nobody knows whether it was taken',
    order: { prompt: 'A sale that breaks down', model: 'hailuo-01', provider: ['cloudsway', 'minimax'] },
    attempts: ['cloudsway unknown 0.25 submit_unknown'],
    status: 'failed',
    code: 'submit_unknown',
    held: '0.25',
  },
  {
    title: 'goes nowhere else when its content is refused',
    order: { prompt: 'A forbidden sale', model: 'hailuo-02', provider: ['kie', 'minimax'] },
    attempts: ['kie refused 0.225 content_rejected'],
    status: 'failed',
    code: 'content_rejected',
  },
  {
    title: 'goes nowhere else when its content is refused after a while',
    order: { prompt: 'A doubtful sale', model: 'hailuo-02', provider: ['kie', 'minimax'] },
    attempts: ['kie accepted 0.225 content_rejected'],
    status: 'failed',
    code: 'content_rejected',
  },
];

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({ APIKLEY_BASE_URL: closedOrigin });
  for (const [name, planned] of Object.entries(faults)) {
    await controlSimulation(gateway.local, name).setFaults(planned);
  }
});
afterAll(() => gateway.close());

describe.concurrent('an order', () => {
  it.each(cases)('$title', async ({ order, attempts, status, code, held = '0', spent = '0' }) => {
    const customer = await newCustomer(gateway.local);
    const { id } = await customer.order(order);
    const video = await customer.untilOver(id);

    expect(video.gateway.attempts.map(toLine)).toEqual(attempts);
    expect({ status: video.status, code: video.error?.code }).toEqual({ status, code });
    expect(video.gateway.cost.charged).toBe(toCharge(held, spent));
    expect(await customer.readMonth()).toEqual({
      committedMicroUsd: fromUsd(held),
      spentMicroUsd: fromUsd(spent),
    });
    expect(await listSellers(order.prompt)).toEqual(
      video.gateway.attempts.filter(({ outcome }) => outcome === 'accepted').map(({ provider }) => provider),
    );
  });
});

/** Nothing is charged as long as the price is held. */
function toCharge(held: string, spent: string): string | null {
  if (held !== '0') return null;
  return spent === '0' ? '0.00' : spent;
}

function toLine({ provider, outcome, price, error }: Video['gateway']['attempts'][number]): string {
  return [provider, outcome, price, error?.code].filter((part) => part !== undefined).join(' ');
}

/** The provider of each job that was ever started for this prompt. */
async function listSellers(prompt: string): Promise<string[]> {
  const names = Object.keys(gateway.local.providers);
  const jobs = names.map(async (name) => {
    const own = await controlSimulation(gateway.local, name).jobsOf(prompt);
    return own.map(() => name);
  });
  return (await Promise.all(jobs)).flat();
}
