import { toUsd } from '../../domain/money.ts';
import { currentAttempt, type EvidenceVerdict, type Task } from '../../domain/task.ts';
import { positionOf } from '../../domain/task-outcome.ts';
import { hasKeptHold, resolutionOf } from '../../ledger/resolve.ts';

/**
 * What is known of a job that showed up after its task had ended, and what capturing a kept hold would do. The archived
 * video may be gone from the bucket.
 */
export function describeEvidence(task: Task, isFilmGone = false): string[][] {
  const { evidence } = task;
  const { jobId, hintedJobId = '', reportedCostMicroUsd: cost } = currentAttempt(task) ?? {};
  return [
    ...(evidence === undefined ? [] : [['evidence', `job ${jobId ?? hintedJobId}: ${describeJob(task)}`]]),
    ...(evidence === undefined || cost === undefined ? [] : [['reported', `${toUsd(cost)} USD`]]),
    ...(hasKeptHold(task) ? [['--captured', describeCapture(task, isFilmGone)]] : []),
  ];
}

const verdicts = {
  unconfirmed: 'its provider did not confirm it',
  foreign: 'it belongs to another task',
  failed: 'it failed',
  without_video: 'it is confirmed, but gave no video in time',
} as const satisfies Record<EvidenceVerdict, string>;

function describeJob(task: Task): string {
  const { evidence, result } = task;
  if (result !== undefined) return `${result.bytes} bytes are archived, sha256 ${result.sha256}`;
  switch (evidence?.verdict) {
    case undefined:
      return describeLook(task);
    case 'failed': {
      const { code, message, charged } = evidence?.failure ?? {};
      return `${verdicts.failed}: ${code}, ${message}; charged: ${charged}`;
    }
    case 'unconfirmed':
    case 'foreign':
    case 'without_video':
      return verdicts[evidence.verdict];
  }
}

function describeLook(task: Task): string {
  const then = resolutionOf(task) === 'captured' ? '; its video is published once it is archived' : '';
  switch (positionOf(task)) {
    case 'sought':
      return `a callback named it at ${task.evidence?.since}; its provider is asked for it${then}`;
    case 'found':
      return `its provider confirmed it at ${task.evidence?.since}; it is not done${then}`;
    default:
      return `it is done, and is being archived${then}`;
  }
}

function describeCapture(task: Task, isFilmGone: boolean): string {
  const charge = `would charge ${toUsd(task.holdMicroUsd)} USD`;
  if (isFilmGone) return `${charge} and publish nothing: the archived video is gone from the bucket`;
  if (task.result !== undefined) return `${charge} and publish the archived video`;
  if (positionOf(task) !== 'terminal') return `${charge}, and publish the video once it is archived`;
  return `${charge}; there is no video to publish, unless one shows up later`;
}
