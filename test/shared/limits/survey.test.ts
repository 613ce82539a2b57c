import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { secondsAfter } from '../../../shared/clock.ts';
import { priorTimes } from '../../../shared/domain/generation-times.ts';
import { offerKey } from '../../../shared/domain/offer.ts';
import { estimateStart } from '../../../shared/limits/estimate-start.ts';
import { excludeStopped, surveyProviders } from '../../../shared/limits/survey.ts';
import { tryPlace } from '../../../shared/limits/take-place.ts';
import { quote } from '../../../shared/routing/quote.ts';
import { type Limits, placeOrders, startLimits } from '../../support/limits.ts';
import { anOffer } from '../../support/orders.ts';

const own = anOffer();
const other = anOffer({ provider: 'cloudsway', nativeModel: 'other' });
let limits: Limits;
beforeEach(async () => {
  limits = await startLimits({ concurrent: 2 });
  onTestFinished(() => limits.close());
});

const survey = () => surveyProviders([own, other], limits.context);
/** A sketch that knows half of the offer's jobs to take at most so long. */
const learned = (seconds: number, typicalSeconds = own.typicalSeconds) => ({
  ...priorTimes(typicalSeconds),
  meanLog: Math.log(seconds),
});

describe('surveyProviders', () => {
  it('knows every provider as healthy, and as fast as its catalogue says, as long as nothing happened', async () => {
    expect((await survey()).prospectOf(own)).toEqual({ isHealthy: true, typicalSeconds: 180 });
  });

  it('knows that a circuit is open, and until when', async () => {
    const openUntil = secondsAfter(limits.clock.now(), 30);
    await limits.standings.update('piapi', (standing) => ({ ...standing, failures: 3, openUntil }));

    const { prospectOf } = await survey();
    expect([prospectOf(own).isHealthy, prospectOf(other).isHealthy]).toEqual([false, true]);
    limits.clock.advance(30);
    expect((await survey()).prospectOf(own).isHealthy).toBe(true);
  });

  it('knows how long the jobs of an offer took', async () => {
    await limits.standings.putTimes('piapi', offerKey(own), learned(90));

    const { prospectOf } = await survey();
    expect(prospectOf(own).typicalSeconds).toBeCloseTo(90);
    expect(prospectOf(anOffer({ nativeModel: 'another' })).typicalSeconds).toBe(180);
  });

  it('forgets what was learned when the catalogue says something else now', async () => {
    await limits.standings.putTimes('piapi', offerKey(own), learned(90, 100));

    expect((await survey()).prospectOf(own).typicalSeconds).toBe(180);
  });
});

describe('excludeStopped', () => {
  it('takes the offers out whose provider an operator stopped, and says so', async () => {
    await limits.standings.update('piapi', (standing) => ({ ...standing, stoppedAt: 'now' }));

    const { offers, excluded } = excludeStopped(quote({ prompt: 'x' }, [own, other]), await survey());

    expect(offers.map(({ offer }) => offer.provider)).toEqual(['cloudsway']);
    expect(excluded).toMatchObject([
      { offer: { provider: 'piapi' }, violations: [{ param: 'provider', code: 'provider_paused' }] },
    ]);
  });

  it('keeps the reasons of the others', async () => {
    const { offers, excluded } = excludeStopped(quote({}, [own, other]), await survey());

    expect(offers).toEqual([]);
    expect(excluded.map(({ violations }) => violations[0].code)).toEqual(['missing_field', 'missing_field']);
  });
});

describe('estimateStart', () => {
  it('counts who waits before, in places of the time that a job is known to take', async () => {
    const tasks = await placeOrders(limits, 5);
    const [first, second, third, fourth, last] = tasks;
    if (first === undefined || second === undefined || last === undefined) throw new Error('No orders');
    expect(await estimateStart(last, own, limits.context)).toBe(limits.clock.now().toISOString());
    await limits.standings.putTimes('piapi', offerKey(own), learned(90));
    for (const task of [first, second]) await tryPlace(task, limits.context);
    for (const task of [third, fourth, last]) {
      if (task !== undefined) await limits.queue.join('piapi', task);
    }

    const start = await estimateStart(last, own, limits.context);

    expect((Date.parse(start) - limits.clock.now().getTime()) / 1000).toBeCloseTo(90 + 2 * 45, 2);
  });
});
