import { beforeAll, describe, expect, it } from 'vitest';
import { type OpenAiReport, orderThroughOpenAi } from '../prove/openai-orders/order-through-openai.ts';

/** `npm run prove` makes ten times as many. */
const orders = { calls: 100, perWave: 50, seed: 20261124 };

let report: OpenAiReport;
beforeAll(async () => {
  report = await orderThroughOpenAi(orders);
});

describe('100 creates of the official client, over a network and at providers that fail at random', () => {
  it('buy at most one job each, and every paid job ends archived or parked, with the money adding up', () => {
    expect(report.problems).toEqual([]);
  });
});
