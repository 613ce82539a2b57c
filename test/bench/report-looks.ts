import { createRandom } from '../prove/random.ts';
import { drawJobSeconds, type LookedAt, lookAndLearn, lookInLoop } from '../support/polled-jobs.ts';
import { formatTable, formatTarget, percentileOf } from './format-table.ts';

const seed = 20261121;
const jobs = 1000;
const medianSeconds = 180;
const sigmas = [0.2, 0.3, 0.5] as const;
const pausesSeconds = [5, 15, 30] as const;
/** The targets are for this spread. */
const targetSigma = 0.2;
const maxMedianLag = 4;
const maxP95Lag = 15;
const maxMeanLooks = 8;

/** How soon the end of a polled job is seen, and with how many looks, beside loops with a fixed pause. */
export function reportLooks(): string {
  const rows = sigmas.flatMap((sigma) => {
    const jobSeconds = drawJobSeconds(createRandom(seed), { count: jobs, medianSeconds, sigma });
    return [
      toRow(`σ = ${sigma}, learned`, lookAndLearn(jobSeconds, medianSeconds), sigma === targetSigma),
      ...pausesSeconds.map((pause) =>
        toRow(`σ = ${sigma}, ${pause} s loop`, lookInLoop(jobSeconds, pause), false),
      ),
    ];
  });
  return formatTable(
    `Looks at ${jobs} polled jobs (log-normal, median ${medianSeconds} s, seed ${seed}; learned from their looks alone)`,
    [['', 'median lag', 'p95 lag', 'mean looks', 'most', ''], ...rows],
  );
}

function toRow(label: string, looked: readonly LookedAt[], isTargeted: boolean): string[] {
  const lags = looked.map(({ lagSeconds }) => lagSeconds);
  const [medianLag, p95Lag] = [percentileOf(lags, 0.5), percentileOf(lags, 0.95)];
  const meanLooks = looked.reduce((sum, { looks }) => sum + looks, 0) / looked.length;
  const isReached = medianLag <= maxMedianLag && p95Lag <= maxP95Lag && meanLooks <= maxMeanLooks;
  return [
    label,
    `${medianLag.toFixed(1)} s`,
    `${p95Lag.toFixed(1)} s`,
    meanLooks.toFixed(1),
    String(Math.max(...looked.map(({ looks }) => looks))),
    isTargeted ? formatTarget(`≤ ${maxMedianLag} s, ≤ ${maxP95Lag} s, ≤ ${maxMeanLooks}`, isReached) : '',
  ];
}
