import { secondsBetween } from '../clock.ts';
import { isTerminal, type Task } from '../domain/task.ts';

const pollAfterMs = { least: 500, most: 10_000 };
/** Where the offer is not sold any more and its typical duration is unknown. */
const fallbackSeconds = 180;

/** Percent: 100 only when the video is there; before that the share of the typical duration, at most 99. */
export function progressPercent(task: Task, now: Date, typicalSeconds = fallbackSeconds): number {
  if (task.state === 'completed') return 100;
  const sentAt = task.attempts.at(-1)?.outcomeAt;
  if (sentAt === undefined || isTerminal(task.state)) return 0;
  const percent = Math.floor((100 * secondsBetween(sentAt, now)) / typicalSeconds);
  return Math.min(Math.max(percent, 0), 99);
}

/** After how many milliseconds a client should ask again: seldom at first, often around the expected end. */
export function nextPollMs(task: Task, now: Date, typicalSeconds = fallbackSeconds): number {
  const remaining = typicalSeconds - secondsBetween(task.createdAt, now);
  const ms = Math.round(1000 * Math.max(typicalSeconds / 20, remaining / 3));
  return Math.min(Math.max(ms, pollAfterMs.least), pollAfterMs.most);
}
