import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FaultInput } from '../../infra/local/simulated-providers/faults.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { type Customer, newCustomer } from './support/customer.ts';
import { controlSimulation } from './support/simulation.ts';

/** How a task ends, and what of its price is still held and what is spent. */
interface Ending {
  readonly status: 'completed' | 'failed';
  readonly code?: string;
  /** Of its attempts. */
  readonly outcomes: readonly ('accepted' | 'refused' | 'unknown')[];
  readonly held: 'nothing' | 'price';
  readonly spent: 'nothing' | 'price';
  /** Jobs that the provider started for the order. */
  readonly jobs: number;
}

const completed: Ending = {
  status: 'completed',
  outcomes: ['accepted'],
  held: 'nothing',
  spent: 'price',
  jobs: 1,
};
const released = (code: string): Ending => ({ ...completed, status: 'failed', code, spent: 'nothing' });
const refused = (code: string): Ending => ({ ...released(code), outcomes: ['refused'], jobs: 0 });
const secondTry: Ending = { ...completed, outcomes: ['refused', 'accepted'] };
const parked = (jobs: number): Ending => ({
  ...released('submit_unknown'),
  outcomes: ['unknown'],
  held: 'price',
  jobs,
});

type Row = readonly [provider: 'piapi' | 'cloudsway', fault: FaultInput, ending: Ending];

const both = (fault: FaultInput, ending: Ending): Row[] => [
  ['piapi', fault, ending],
  ['cloudsway', fault, ending],
];

/** What takes minutes on a real clock is in slow-faults.test.ts. */
const rows: readonly Row[] = [
  ...both({ kind: 'fail' }, released('generation_failed')),
  ...both({ kind: 'moderate' }, released('content_rejected')),
  ...both({ kind: 'moderate_at_submit' }, refused('content_rejected')),
  ...both({ kind: 'create_error', status: 429, retryAfterSeconds: 1, times: 1 }, secondTry),
  ...both({ kind: 'create_error', status: 402 }, refused('provider_balance')),
  ['piapi', { kind: 'drop_after_accepting' }, completed],
  ['cloudsway', { kind: 'drop_after_accepting' }, parked(1)],
  ['cloudsway', { kind: 'drop_before_accepting' }, parked(0)],
  ['cloudsway', { kind: 'create_error', status: 500 }, parked(0)],
  ['cloudsway', { kind: 'create_error', status: 504 }, parked(0)],
  ['cloudsway', { kind: 'create_html', status: 200 }, parked(0)],
  ...both({ kind: 'look_error', status: 500, times: 2 }, completed),
  ...both({ kind: 'look_error', status: 504, times: 2 }, completed),
  ...both({ kind: 'look_error', status: 429, times: 2 }, completed),
  ...both({ kind: 'look_html', status: 200, times: 2 }, completed),
  ...both({ kind: 'unknown_status', word: 'Rendering', times: 2 }, completed),
  ...both({ kind: 'success_without_url', times: 1 }, completed),
  ...both({ kind: 'dead_link', times: 1 }, completed),
];

const cases = rows.map(([provider, fault, ending]) => {
  const strike = [fault.kind, 'status' in fault && fault.status, fault.times && `${fault.times}×`];
  const name = strike.filter((part) => part).join(' ');
  const end = [ending.status, ending.code, `held ${ending.held}, spent ${ending.spent}`];
  const prompt = `A lighthouse [${name}]`;
  return { provider, fault, ending, name, prompt, title: end.filter((part) => part).join(', ') };
});
type Case = (typeof cases)[number];

const prices = { piapi: 200_000, cloudsway: 250_000 } as const;

let gateway: TestGateway;
const placed = new Map<Case, { readonly customer: Customer; readonly id: string }>();

// All orders at once: they wait for their looks side by side.
beforeAll(async () => {
  gateway = await startTestGateway();
  for (const provider of ['piapi', 'cloudsway']) {
    const own = cases.filter((row) => row.provider === provider);
    const faults = own.map(({ fault, prompt }) => ({ ...fault, promptIncludes: prompt }));
    await controlSimulation(gateway.local, provider).setFaults(faults);
  }
  await Promise.all(cases.map(place));
});
afterAll(() => gateway.close());

describe('a fault of the provider', () => {
  it.each(cases)('$name at $provider ends $title', async (row) => {
    const { customer, id } = requirePlaced(row);
    const { status, error, ...video } = await customer.untilOver(id);

    const { provider, ending, prompt } = row;
    const price = prices[provider];
    const outcomes = video.gateway.attempts.map(({ outcome }) => outcome);
    expect({ status, code: error?.code, outcomes }).toEqual({
      status: ending.status,
      code: ending.code,
      outcomes: ending.outcomes,
    });
    expect(await customer.readMonth()).toEqual({
      committedMicroUsd: ending.held === 'price' ? price : 0,
      spentMicroUsd: ending.spent === 'price' ? price : 0,
    });
    expect(await controlSimulation(gateway.local, provider).jobsOf(prompt)).toHaveLength(ending.jobs);
  });

  it.each(['piapi', 'cloudsway'])(
    'never makes the gateway order again at %s but when it asks for patience',
    async (provider) => {
      const { createRequests } = await controlSimulation(gateway.local, provider).readState();
      const attempts = cases.flatMap((row) => (row.provider === provider ? row.ending.outcomes : []));
      expect(createRequests).toBe(attempts.length);
    },
  );
});

async function place(row: Case): Promise<void> {
  const customer = await newCustomer(gateway.local);
  const { id } = await customer.order({ prompt: row.prompt, model: 'hailuo-01', provider: row.provider });
  placed.set(row, { customer, id });
}

function requirePlaced(row: Case) {
  const order = placed.get(row);
  if (order === undefined) throw new Error(`The order for ${row.name} was not placed`);
  return order;
}
