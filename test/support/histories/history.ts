import * as fc from 'fast-check';
import type { FaultInput } from '../../../infra/local/simulated-providers/faults.ts';
import type { Fate } from '../fault-kit/fates.ts';

/** What becomes of the nth write of a worker, counted from 1. */
export interface Mishap {
  readonly write: number;
  readonly fate: Exclude<Fate, 'passes'>;
}

/** What a history is made of; `target` is the number of an order, or says which of several things is meant. */
export interface Event {
  readonly kind: /** Of the same number it is a repeat. */
    | 'order'
    | 'cancel'
    | 'delete'
    | 'retry'
    /** A step that the state machine called. */
    | 'run'
    /** Two workers have the same call. */
    | 'run twice'
    /** Nobody has the call, and the state machine is told so. */
    | 'drop'
    /** What a provider sent is delivered, maybe again. */
    | 'callback'
    /** The same, but it names the job of another order. */
    | 'forged callback'
    /** Time passes, and nothing that was called is run. */
    | 'freeze'
    /** Time passes, and all goes on as it should. */
    | 'live'
    | 'sweep'
    /** An operator stops an execution. */
    | 'stop'
    /** One more execution of an order from the top, whatever the others do. */
    | 'restart'
    /** A worker that hung goes on. */
    | 'resume';
  readonly target: number;
  /** Of the worker that the event sets to work; of a time in which all goes on, of all workers together. */
  readonly mishap?: Mishap | undefined;
  /** Of what takes time. */
  readonly seconds?: number;
}

const names = ['piapi', 'cloudsway'] as const;
type ProviderName = (typeof names)[number];

interface OrderPlan {
  /** Who may serve it. */
  readonly provider: ProviderName | 'auto';
  readonly hasWebhook: boolean;
  /** How it fares at each. */
  readonly faults: Readonly<Record<ProviderName, readonly FaultInput[]>>;
}

export interface History {
  /** By their numbers. */
  readonly orders: readonly OrderPlan[];
  readonly events: readonly Event[];
}

/** One calls back, cancels, and has a single place; the other is looked at. */
export const historyProviders: readonly string[] = names;
export const historyVariables = { PIAPI_LIMITS: '{"concurrent": 1}' } as const;

const maxOrders = 3;
const maxEvents = 9;

/** Random histories; they shrink to fewer and simpler events. */
export function histories(): fc.Arbitrary<History> {
  return fc.record({
    orders: fc.array(orderPlans, { minLength: maxOrders, maxLength: maxOrders }),
    events: fc
      .tuple(firstOrders, fc.array(events, { maxLength: maxEvents - 1 }))
      .map(([first, others]) => [first, ...others]),
  });
}

const createFaults: readonly FaultInput[] = [
  { kind: 'create_error', status: 402 },
  { kind: 'create_error', status: 429, retryAfterSeconds: 5, times: 1 },
  { kind: 'create_error', status: 500 },
  { kind: 'moderate_at_submit' },
  { kind: 'drop_after_accepting' },
  { kind: 'drop_before_accepting' },
];
const laterFaults: readonly FaultInput[] = [
  { kind: 'fail' },
  { kind: 'never_ends' },
  { kind: 'lose_callback' },
  { kind: 'early_callback' },
  { kind: 'non_terminal_callback' },
  { kind: 'look_error', status: 500, times: 2 },
  { kind: 'success_without_url', times: 1 },
  { kind: 'dead_link', times: 1 },
  { kind: 'truncated_video', times: 1 },
];

const none: readonly FaultInput[] = [];
const faultOf = (faults: readonly FaultInput[]) =>
  fc.oneof({ weight: 2, arbitrary: fc.constant(none) }, fc.constantFrom(...faults.map((fault) => [fault])));
const faults = fc.tuple(faultOf(createFaults), faultOf(laterFaults)).map((both) => both.flat());
const orderPlans: fc.Arbitrary<OrderPlan> = fc.record({
  provider: fc.constantFrom(...names, 'auto' as const),
  hasWebhook: fc.boolean(),
  faults: fc.record({ piapi: faults, cloudsway: faults }),
});

const mishapsWithin = (writes: number): fc.Arbitrary<Mishap | undefined> =>
  fc.option(
    fc.record({
      write: fc.integer({ min: 1, max: writes }),
      fate: fc.constantFrom(
        'dies_before',
        'dies_after',
        'dies_during',
        'hangs',
        'answer_lost',
        'fails_after',
        'arrives_twice',
      ),
    }),
    { nil: undefined, freq: 3 },
  );
const target = fc.nat({ max: maxOrders - 1 });
/** Within a job, past it, past its deadline, past the graces of the sweeper, past all waiting. */
const seconds = fc.constantFrom(1, 20, 70, 400, 400, 1500, 1500, 5000, 90_000);

const working = (kind: Event['kind']) =>
  fc.record({ kind: fc.constant(kind), target, mishap: mishapsWithin(6) });
const plain = (kind: Event['kind']) => fc.record({ kind: fc.constant(kind), target });
const weighted = (weight: number, arbitrary: fc.Arbitrary<Event>) => ({ weight, arbitrary });

const firstOrders: fc.Arbitrary<Event> = working('order');
const events: fc.Arbitrary<Event> = fc.oneof(
  weighted(4, working('order')),
  weighted(12, working('run')),
  weighted(8, fc.record({ kind: fc.constant('live' as const), target, seconds, mishap: mishapsWithin(15) })),
  weighted(2, fc.record({ kind: fc.constant('freeze' as const), target, seconds })),
  weighted(4, working('callback')),
  weighted(3, working('sweep')),
  weighted(3, working('cancel')),
  weighted(3, plain('resume')),
  weighted(2, working('run twice')),
  weighted(1, plain('drop')),
  weighted(1, plain('forged callback')),
  weighted(1, plain('stop')),
  weighted(2, plain('restart')),
  weighted(1, working('retry')),
  weighted(1, working('delete')),
);
