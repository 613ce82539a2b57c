import type { FaultInput } from '../../infra/local/simulated-providers/faults.ts';
import { pick, type Random } from './random.ts';

export const providers = ['piapi', 'cloudsway'] as const;
type ProviderName = (typeof providers)[number];

/** After these another provider may serve the order, and after the first of them the same one again. */
const turnDowns: readonly FaultInput[] = [
  { kind: 'create_error', status: 429, retryAfterSeconds: 5, times: 2 },
  { kind: 'create_error', status: 402 },
];
const jobFaults: readonly FaultInput[] = [
  { kind: 'fail' },
  { kind: 'moderate' },
  { kind: 'slow', factor: 2 },
];
/** What can become of an order or its job at every provider. */
const orderFaults: readonly FaultInput[] = [
  { kind: 'moderate_at_submit' },
  ...turnDowns,
  { kind: 'create_error', status: 400 },
  { kind: 'drop_after_accepting' },
  ...jobFaults,
];
const callbackFaults: readonly FaultInput[] = [
  { kind: 'lose_callback' },
  { kind: 'duplicate_callback' },
  { kind: 'delay_callback', seconds: 4 },
  { kind: 'early_callback' },
  { kind: 'forge_callback_proof' },
  { kind: 'forge_callback_path' },
  { kind: 'non_terminal_callback' },
];
/** After these an order that calls back waits 20 minutes for its callback, the others end at once. */
const unknownFaults: readonly FaultInput[] = [
  { kind: 'drop_before_accepting' },
  { kind: 'create_error', status: 500 },
  { kind: 'create_error', status: 504 },
  { kind: 'create_html' },
];
/** What can spoil the looks and the download; these pass. */
const laterFaults: readonly FaultInput[] = [
  { kind: 'look_error', status: 500, times: 2 },
  { kind: 'look_error', status: 504, times: 2 },
  { kind: 'look_error', status: 429, times: 2 },
  { kind: 'look_html', times: 2 },
  { kind: 'unknown_status', times: 2 },
  { kind: 'success_without_url', times: 1 },
  { kind: 'dead_link', times: 1 },
  { kind: 'truncated_video', times: 1 },
  { kind: 'not_a_video', times: 1 },
];
/** These hang until the gateway's own time-out ends them, half a minute of real time later. */
const hangingFaults: readonly FaultInput[] = [{ kind: 'create_hangs' }, { kind: 'look_hangs', times: 1 }];
/** These never pass, or not for a long while. */
const lastingFaults: readonly FaultInput[] = [
  { kind: 'never_ends' },
  { kind: 'not_a_video' },
  { kind: 'look_error', status: 503, times: 12 },
  { kind: 'truncated_video', times: 10 },
];

const firstFaults = {
  /** Over within two minutes of real time. */
  short: {
    piapi: [...orderFaults, ...callbackFaults, ...hangingFaults],
    cloudsway: [...orderFaults, ...unknownFaults, ...hangingFaults],
  },
  /** Over within hours of a clock that jumps. */
  long: {
    piapi: [...orderFaults, ...callbackFaults, ...unknownFaults, ...lastingFaults],
    cloudsway: [...orderFaults, ...unknownFaults, ...lastingFaults],
  },
} as const satisfies Record<string, Record<ProviderName, readonly FaultInput[]>>;

export interface RandomOrder {
  readonly provider: ProviderName;
  /** Unique, so that its faults strike it alone. */
  readonly prompt: string;
  readonly faults: readonly FaultInput[];
}

/** Orders for both providers in turn; three of four meet a fault, and half of all a second, later one. */
export function planOrders(
  random: Random,
  count: number,
  duration: keyof typeof firstFaults,
): readonly RandomOrder[] {
  return Array.from({ length: count }, (_, index) => {
    const provider = providers[index % 2 === 0 ? 0 : 1];
    const prompt = `Order ${String(index).padStart(4, '0')}`;
    const first = random() < 0.75 ? [pick(random, firstFaults[duration][provider])] : [];
    const later = random() < 0.5 ? [pick(random, laterFaults)] : [];
    const faults = [...first, ...later].map((fault) => ({ ...fault, promptIncludes: prompt }));
    return { provider, prompt, faults };
  });
}

export interface FreeOrder {
  readonly prompt: string;
  /** Absent means that the gateway chooses. */
  readonly model?: string;
  /** What it meets at each provider that it comes to. */
  readonly faults: ReadonlyMap<string, readonly FaultInput[]>;
}

const choices: readonly Pick<FreeOrder, 'model'>[] = [
  {},
  ...['hailuo-01', 'hailuo-01-director', 'hailuo-02', 'hailuo-2.3', 'haiper'].map((model) => ({ model })),
];
const movingFaults: readonly FaultInput[] = [
  ...turnDowns,
  { kind: 'create_error', status: 401 },
  { kind: 'create_error', status: 403 },
];
/** The moving ones twice: more orders shall go on than end in doubt. */
const createFaults: readonly FaultInput[] = [
  ...movingFaults,
  ...movingFaults,
  { kind: 'drop_after_accepting' },
  ...unknownFaults,
];
const acceptedFaults: readonly FaultInput[] = [...jobFaults, ...callbackFaults, ...laterFaults];

/** Orders for whoever serves them: at each provider most of them would meet a fault, half of all a second one. */
export function planFreeOrders(
  random: Random,
  count: number,
  providerNames: readonly string[],
): readonly FreeOrder[] {
  return Array.from({ length: count }, (_, index) => {
    const prompt = `Order ${String(index).padStart(4, '0')}`;
    const choice = pick(random, choices);
    const faults = providerNames.map((name) => {
      const first = random() < 0.7 ? [pick(random, createFaults)] : [];
      const later = random() < 0.5 ? [pick(random, acceptedFaults)] : [];
      return [name, [...first, ...later].map((fault) => ({ ...fault, promptIncludes: prompt }))] as const;
    });
    return { prompt, ...choice, faults: new Map(faults) };
  });
}

/** All faults that the orders shall meet at one provider. */
export function faultsAt(orders: readonly RandomOrder[], provider: string): readonly FaultInput[] {
  return orders.filter((order) => order.provider === provider).flatMap(({ faults }) => faults);
}
