import { describe, expect, it } from 'vitest';
import {
  type GenerationTimes,
  generationTimesSchema,
  learn,
  medianSeconds,
  priorTimes,
  quantileSeconds,
} from '../../../shared/domain/generation-times.ts';
import { createRandom } from '../../prove/random.ts';
import { drawJobSeconds } from '../../support/polled-jobs.ts';

function learnAll(jobSeconds: readonly number[], times = priorTimes(180)): GenerationTimes {
  return jobSeconds.reduce((sketch, seconds) => learn(sketch, times.priorSeconds, seconds), times);
}

function draw(count: number, medianSeconds: number): number[] {
  return drawJobSeconds(createRandom(7), { count, medianSeconds, sigma: 0.2 });
}

const sigmaOf = ({ varianceLog }: GenerationTimes) => Math.sqrt(varianceLog);

describe('priorTimes', () => {
  it('has its median at the typical duration and two of three jobs within a factor of 1.44', () => {
    const times = priorTimes(180);
    expect(medianSeconds(times)).toBeCloseTo(180, 6);
    expect(quantileSeconds(times, 0.1587)).toBeCloseTo(180 / 1.44, 0);
    expect(quantileSeconds(times, 0.8413)).toBeCloseTo(180 * 1.44, 0);
  });
});

describe('quantileSeconds', () => {
  it.each([
    [0.001, -3.0902],
    [0.05, -1.6449],
    [0.5, 0],
    [0.75, 0.6745],
    [0.99, 2.3263],
  ])('knows how much of a normal distribution lies below a share of %d', (share, sigmas) => {
    const times = { ...priorTimes(1), varianceLog: 1 };
    expect(Math.log(quantileSeconds(times, share))).toBeCloseTo(sigmas, 1.8);
  });
});

describe('learn', () => {
  it('finds median and spread of the jobs that it saw', () => {
    const times = learnAll(draw(1000, 240));
    expect(medianSeconds(times)).toBeGreaterThan(230);
    expect(medianSeconds(times)).toBeLessThan(250);
    expect(sigmaOf(times)).toBeGreaterThan(0.17);
    expect(sigmaOf(times)).toBeLessThan(0.23);
    expect(times.count).toBe(1000);
  });

  it('forgets what was before the last few hundred jobs', () => {
    const times = learnAll(draw(400, 90), learnAll(draw(1000, 180)));
    expect(medianSeconds(times)).toBeLessThan(100);
  });

  it('is not moved far by one job in ten that takes three times as long', () => {
    const jobSeconds = draw(1000, 180).map((seconds, job) => (job % 10 === 9 ? 3 * seconds : seconds));
    const times = learnAll(jobSeconds);
    expect(medianSeconds(times)).toBeLessThan(205);
    expect(sigmaOf(times)).toBeLessThan(0.33);
  });

  it.each([
    ['no time', 0],
    ['less than none', -3],
    ['a day', 86_400],
  ])('takes a job that seems to have taken %s for an outlier', (_, seconds) => {
    const times = learn(learnAll(draw(100, 180)), 180, seconds);
    expect(medianSeconds(times)).toBeGreaterThan(170);
    expect(medianSeconds(times)).toBeLessThan(190);
    expect(generationTimesSchema.parse(times)).toEqual(times);
  });

  it('never takes a provider for better known than to 5 %', () => {
    expect(sigmaOf(learnAll(Array(500).fill(180)))).toBeCloseTo(0.05, 6);
  });

  it('starts anew when the catalogue changed its mind about what is typical', () => {
    const times = learn(learnAll(draw(100, 180)), 60, 60);
    expect(times).toMatchObject({ priorSeconds: 60, count: 1 });
    expect(medianSeconds(times)).toBeCloseTo(60, 6);
  });

  it('starts from the typical duration where nothing was learned', () => {
    expect(learn(undefined, 180, 180)).toMatchObject({ priorSeconds: 180, count: 1 });
  });
});
