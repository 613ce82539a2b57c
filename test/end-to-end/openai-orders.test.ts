import { beforeAll, describe, expect, it } from 'vitest';
import { type OpenAiReport, orderThroughOpenAi } from '../prove/openai-orders/order-through-openai.ts';

/** `npm run prove` makes ten times as many. */
const orders = { calls: 100, perWave: 50, seed: 20261124 } as const;

let report: OpenAiReport;
beforeAll(async () => {
  report = await orderThroughOpenAi(orders);
}, 180_000);

describe('100 creates of the official client, while network, providers and workers fail at random', () => {
  it('buy at most one job each; every paid one ends archived or parked, and the money adds up', () => {
    expect(report.problems).toEqual([]);
  });

  it('were spoilt in earnest, and came through for the most part', () => {
    const { ends, told, delivered, struck } = report;
    const completed = ends.filter(({ ending }) => ending === 'completed').length;
    expect({ repeats: delivered - ends.length > 0, struck: struck > 0 }).toEqual({
      repeats: true,
      struck: true,
    });
    expect(Math.min(told, ends.length, 2 * completed)).toBeGreaterThan(orders.calls / 2);
  });
});
