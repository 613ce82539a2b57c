import { expect, it, onTestFinished } from 'vitest';
import { estimateStart } from '../../../shared/limits/estimate-start.ts';
import { tryPlace } from '../../../shared/limits/take-place.ts';
import { placeOrders, startLimits } from '../../support/limits.ts';
import { anOffer } from '../../support/orders.ts';

it('counts the places of others, and none that the task holds itself', async () => {
  const limits = await startLimits({ concurrent: 1 });
  onTestFinished(() => limits.close());
  const [holder, other] = await placeOrders(limits, 2);
  if (holder === undefined || other === undefined) throw new Error('No orders');
  await tryPlace(holder, limits.context);
  const now = limits.clock.now().toISOString();

  expect(await estimateStart(holder, anOffer(), limits.context)).toBe(now);
  expect(Date.parse(await estimateStart(other, anOffer(), limits.context))).toBe(Date.parse(now) + 180_000);
});
