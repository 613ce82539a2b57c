import { findBreaches, simulateLimits } from '../support/limits-simulation.ts';
import type { ProofReport } from './proof.ts';

const simulation = { tasks: 500, kills: 25, seed: 20261121 } as const;

/** A crowd at the narrowest provider, on the injected clock. */
export async function proveLimits(): Promise<ProofReport> {
  const report = await simulateLimits(simulation);
  const { mostAtOnce, mostInAnHour, closestRequestsSeconds, meanTransitionsSpentWaiting, hours } = report;
  const limits = `at most ${mostAtOnce} at once, ${mostInAnHour} starts in an hour, requests ${closestRequestsSeconds.toFixed(2)} s apart`;
  const waiting = `${meanTransitionsSpentWaiting.toFixed(1)} transitions of waiting (most ${report.mostTransitionsSpentWaiting})`;
  return {
    proof: 'the limits of a provider',
    done: `${simulation.tasks} orders for KIE.ai at once, ${simulation.kills} executions killed, injected clock, seed ${simulation.seed}`,
    counts: `completed ${report.completed} in ${hours.toFixed(1)} simulated hours; ${limits}; ${waiting}`,
    problems: findBreaches(report, simulation),
  };
}
