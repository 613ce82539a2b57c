import { type Customer, createCustomer } from '../in-memory/customer.ts';
import { findBreaches, findMoneyBreaches } from '../in-memory/find-breaches.ts';
import { type MemoryGateway, openMemoryGateway } from '../in-memory/memory-gateway.ts';
import type { MemorySurroundings } from '../in-memory/memory-surroundings.ts';
import { readBooks, readMoney } from '../in-memory/read-books.ts';
import { replay } from '../in-memory/replay.ts';
import { runToEnd } from '../in-memory/run-to-end.ts';
import { type History, historyProviders, historyVariables, type Mishap } from './history.ts';
import { createParkedCallbacks, type ParkedCallbacks } from './parked-callbacks.ts';
import { createParkedSteps, type ParkedSteps } from './parked-steps.ts';
import { orderCall, playEvent } from './play-event.ts';

const jobSeconds = 30;
/** The fourth order of the cheaper offer does not fit. */
const budget = { monthlyMicroUsd: 700_000, dailyMicroUsd: 700_000 } as const;

/** What the events of a history work on. */
export interface HistoryStage {
  readonly gateway: MemoryGateway;
  readonly steps: ParkedSteps;
  readonly callbacks: ParkedCallbacks;
  readonly customer: Customer;
  readonly history: History;
  /** The numbers of the orders that were tried. */
  readonly ordered: Set<number>;
  /** Lets a mishap befall the nth write of all workers that have none of their own, counted from now. */
  strike(mishap: Mishap | undefined): void;
  /** Says what happened, for people. */
  note(line: string): void;
}

export interface HistoryEnd {
  /** What is wrong after it. */
  readonly problems: readonly string[];
  /** All that happened. */
  readonly trace: readonly string[];
  /** How the tasks ended: their states, or the codes of their failures. */
  readonly endings: readonly string[];
}

/** Plays histories one after the other, each on an empty gateway. */
export interface HistoryPlayer {
  play(history: History): Promise<HistoryEnd>;
  close(): Promise<void>;
}

export async function openHistoryPlayer(surroundings: MemorySurroundings): Promise<HistoryPlayer> {
  let trace: string[] = [];
  const note = (line: string) => void trace.push(line);
  const stage = await openStage(surroundings, note);
  return {
    async play(history) {
      trace = [];
      const begun = await stage.begin(history);
      const problems = await playThrough(begun).catch((error: unknown) => [String(error)]);
      const { tasks } = await readBooks(begun.gateway);
      return { problems, trace, endings: tasks.map(({ state, failure }) => failure?.code ?? state) };
    },
    close: () => stage.close(),
  };
}

async function openStage(surroundings: MemorySurroundings, note: HistoryStage['note']) {
  let lightning: Mishap | undefined;
  let writes = 0;
  const strike = (mishap: Mishap | undefined) => {
    lightning = mishap;
    writes = 0;
  };
  const gateway: MemoryGateway = await openMemoryGateway({
    surroundings,
    providerNames: historyProviders,
    variables: historyVariables,
    jobSeconds,
    judge(call, worker) {
      if (!call.isWrite) return 'passes';
      writes += 1;
      const fate = writes === lightning?.write ? lightning.fate : 'passes';
      note(`    ${worker.name}: ${call.what} ${fate}`);
      return fate;
    },
    onStep: (name, run) => steps.onStep(name, run),
    onCallback: (delivery) => callbacks.onCallback(delivery),
  });
  const steps = createParkedSteps(gateway.clock);
  const callbacks = createParkedCallbacks((delivery, judge) => gateway.receive(delivery, judge));
  return {
    close: () => gateway.close(),
    async begin(history: History): Promise<HistoryStage> {
      await gateway.reset();
      for (const parked of [steps, callbacks]) {
        parked.forget();
        parked.park();
      }
      for (const [name, { setFaults }] of gateway.world().providers) setFaults(faultsAt(history, name));
      const customer = await createCustomer(gateway, budget);
      strike(undefined);
      return { gateway, steps, callbacks, customer, history, ordered: new Set(), strike, note };
    },
  };
}

function faultsAt({ orders }: History, provider: string) {
  return orders.flatMap(({ faults }, number) => {
    const own = Object.entries(faults).flatMap(([name, given]) => (name === provider ? given : []));
    return own.map((fault) => ({ ...fault, promptIncludes: `Order ${number}` }));
  });
}

async function playThrough(stage: HistoryStage): Promise<string[]> {
  const { gateway, history } = stage;
  let audited = 0;
  for (const event of history.events) {
    await playEvent(event, stage);
    await gateway.activity.untilQuiet();
    const writes = gateway.world().writes();
    const problems = writes === audited ? [] : findMoneyBreaches(await readMoney(gateway));
    if (problems.length > 0) return problems;
    audited = writes;
  }
  await settle(stage);
  const breaches = await findBreaches(await readBooks(gateway), gateway);
  if (breaches.length > 0) return breaches;
  const { customer, callbacks } = stage;
  return replay(gateway, { calls: customer.answered, deliveries: [...callbacks.sent] });
}

/** Fair play from here on: what stands still goes on, what was called is run, and who got no answer asks again. */
async function settle(stage: HistoryStage): Promise<void> {
  const { gateway, steps, callbacks, customer, ordered, history, note } = stage;
  note('from here on all goes well');
  for (const worker of gateway.workers.hanging()) worker.resume();
  await gateway.workers.deliverLate();
  steps.release();
  callbacks.release();
  for (const number of ordered) void gateway.activity.track(customer.call(orderCall(number, history)));
  await runToEnd(gateway);
}
