import { describe, expect, it } from 'vitest';
import { findBreaches, simulateLimits } from '../support/limits-simulation.ts';

describe('a crowd at a narrow provider', () => {
  it('is served in order of arrival within its limits, and nothing is lost when executions are killed', async () => {
    const simulation = { tasks: 75, kills: 4, seed: 3 };
    const report = await simulateLimits(simulation);
    expect(findBreaches(report, simulation)).toEqual([]);
    // Else the limits were not met, and nothing was shown.
    expect(report).toMatchObject({ mostAtOnce: 10, mostInAnHour: 60 });
    expect(report.closestRequestsSeconds).toBeLessThan(1.1);
    expect(report.mostTransitionsSpentWaiting).toBeGreaterThan(0);
  }, 120_000);
});
