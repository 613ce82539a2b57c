import { secondsAfter } from '../clock.ts';
import type { Task } from './task.ts';

/** How many whole days the videos of an account stay in the bucket after they are completed. */
export const retentionDays = { least: 1, default: 30, most: 365 } as const;

const daySeconds = 86_400;
/** The archive may be at work on a second copy for ten minutes while the first one is deleted already. */
const lateCopySeconds = 15 * 60;

/** When a video is removed that is completed now. */
export function expiryAfter(completedAt: Date, days: number): string {
  return secondsAfter(completedAt, days * daySeconds);
}

/** Whether the video's time is over. Whoever reads it must not depend on the moment of its removal. */
export function isExpired({ expiresAt }: Pick<Task, 'expiresAt'>, now: Date): boolean {
  return expiresAt !== undefined && Date.parse(expiresAt) <= now.getTime();
}

/**
 * When the files of a task that ended are removed, once nothing else is left to do for it; absent for one that has
 * none. Those of a deleted one are gone by then, and are removed once more, for who was late in writing them.
 */
export function removalDueAt({ state, deletedAt, expiresAt }: Task): string | undefined {
  if (deletedAt !== undefined) return secondsAfter(deletedAt, lateCopySeconds);
  return state === 'completed' ? expiresAt : undefined;
}
