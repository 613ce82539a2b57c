import { secondsAfter } from '../clock.ts';
import type { Failure } from '../domain/job-progress.ts';
import type { Attempt, Task } from '../domain/task.ts';
import { hasKeptHold } from './resolve.ts';

/** What became known after `since` and until `at`, ISO 8601 in UTC; without `since` all that is read. */
export interface Period {
  readonly since: string | undefined;
  readonly at: string;
}

/** What the attempts at one offer cost by our price, and by the word of their provider. */
export interface PriceDrift {
  readonly provider: string;
  readonly nativeModel: string;
  /** Those whose cost was reported; how many of them cost another amount than ours. */
  readonly attempts: number;
  readonly differing: number;
  readonly oursMicroUsd: number;
  readonly reportedMicroUsd: number;
  /** The first ten tasks of those that differ. */
  readonly taskIds: readonly string[];
}

/** Why a task that ended without a charge may have cost something. */
type UnchargedReason =
  | 'cost_reported'
  | 'charged_yes'
  | 'charged_unknown'
  /** Its job turned up after a person had released the hold, or before, and made a video. */
  | 'video_made';

export interface UnchargedTask {
  readonly task: Task;
  readonly reason: UnchargedReason;
  /** Absent where the provider did not say. */
  readonly reportedMicroUsd: number | undefined;
}

export interface TaskFindings {
  /** How many tasks were looked at. */
  readonly tasks: number;
  /** Every task that keeps its hold, whenever it ended. */
  readonly unknown: readonly Task[];
  /** Those that ended, but whose late job may still change what is to be told of them: a later report tells it. */
  readonly pendingIds: readonly string[];
  /** Of those that ended in the period. */
  readonly uncharged: readonly UnchargedTask[];
  /** Of tasks that ended in the period; only where an attempt differs. */
  readonly drift: readonly PriceDrift[];
}

const maxDriftTasks = 10;
/** Looking into a late job and copying its video is over after so long: a deadline, its grace, the hours of the archive. */
const evidenceSeconds = 8 * 3600;

/** Looks at one task after the other, and keeps only what is to be told. */
export function createTaskFindings(period: Period) {
  let tasks = 0;
  const unknown: Task[] = [];
  const pendingIds: string[] = [];
  const uncharged: UnchargedTask[] = [];
  const prices = new Map<string, PriceDrift>();

  function observeEnded(task: Task): void {
    for (const attempt of task.attempts) {
      if (attempt.reportedCostMicroUsd === undefined) continue;
      const offer = `${attempt.provider} ${attempt.nativeModel}`;
      prices.set(offer, addPrice(prices.get(offer), { task, attempt }, attempt.reportedCostMicroUsd));
    }
    const found = findUncharged(task);
    if (found !== undefined) uncharged.push(found);
  }

  return {
    observe(task: Task): void {
      tasks += 1;
      if (hasKeptHold(task)) unknown.push(task);
      const endedAt = endOf(task);
      if (endedAt === undefined) return;
      if (endedAt > period.at) pendingIds.push(task.id);
      else if (period.since === undefined || endedAt > period.since) observeEnded(task);
    },
    findings: (): TaskFindings => ({
      tasks,
      unknown,
      pendingIds,
      uncharged,
      drift: [...prices.values()].filter(({ differing }) => differing > 0),
    }),
  };
}

/** When all that a task can tell is known. A hold that was kept ends when a person resolves it. */
function endOf(task: Task): string | undefined {
  const { completedAt, resolvedAt, evidence } = task;
  if (completedAt === undefined || hasKeptHold(task)) return undefined;
  const evidenceEndedAt = evidence === undefined ? undefined : secondsAfter(evidence.since, evidenceSeconds);
  const times = [completedAt, resolvedAt, evidenceEndedAt].flatMap((time) => time ?? []);
  return times.toSorted().at(-1);
}

function addPrice(
  sum: PriceDrift | undefined,
  { task, attempt }: { readonly task: Task; readonly attempt: Attempt },
  reportedMicroUsd: number,
): PriceDrift {
  const { provider, nativeModel, priceMicroUsd } = attempt;
  const { attempts, differing, taskIds, ...amounts } = sum ?? noPrices;
  const isDifferent = reportedMicroUsd !== priceMicroUsd;
  return {
    provider,
    nativeModel,
    attempts: attempts + 1,
    differing: differing + (isDifferent ? 1 : 0),
    oursMicroUsd: amounts.oursMicroUsd + priceMicroUsd,
    reportedMicroUsd: amounts.reportedMicroUsd + reportedMicroUsd,
    taskIds: isDifferent && taskIds.length < maxDriftTasks ? [...taskIds, task.id] : taskIds,
  };
}

const noPrices = { attempts: 0, differing: 0, oursMicroUsd: 0, reportedMicroUsd: 0, taskIds: [] };

/** Of a task that ended: nothing where it was charged, or surely cost nothing. */
function findUncharged(task: Task): UnchargedTask | undefined {
  const { state, chargeMicroUsd, holdMicroUsd, attempts, failure } = task;
  if (state === 'completed' || chargeMicroUsd !== 0 || holdMicroUsd === 0) return undefined;
  const costs = attempts.flatMap(({ reportedCostMicroUsd }) => reportedCostMicroUsd ?? []);
  const reportedMicroUsd = costs.length === 0 ? undefined : costs.reduce((sum, cost) => sum + cost);
  if (reportedMicroUsd !== undefined && reportedMicroUsd > 0) {
    return { task, reason: 'cost_reported', reportedMicroUsd };
  }
  if (task.result !== undefined) return { task, reason: 'video_made', reportedMicroUsd };
  const charged = chargedOf(failure) ?? chargedOf(task.evidence?.failure);
  return charged === undefined ? undefined : { task, reason: `charged_${charged}`, reportedMicroUsd };
}

function chargedOf(failure: Failure | undefined): 'yes' | 'unknown' | undefined {
  return failure === undefined || failure.charged === 'no' ? undefined : failure.charged;
}
