import { PutObjectCommand } from '@aws-sdk/client-s3';
import { secondsAfter } from '../../shared/clock.ts';
import type { Task } from '../../shared/domain/task.ts';
import { createS3Client, videoKey } from '../../shared/storage/media-store.ts';
import { type OrderOverrides, placeTestOrder } from './orders.ts';
import type { Tables } from './tables.ts';

/** What lies in the bucket as the video of a completed test task. */
export const film = 'the film';

interface CompletedOverrides extends OrderOverrides {
  readonly expiresAt?: string;
}

/** A task that completed two minutes after its acceptance, with its film in the bucket `media`. */
export async function placeCompletedOrder(
  tables: Tables,
  { expiresAt, ...order }: CompletedOverrides = {},
): Promise<Task> {
  return completeTask(tables, await placeTestOrder(tables, order), expiresAt);
}

/** Ends a task that was just accepted in the same way. */
export async function completeTask(
  { tasks }: Pick<Tables, 'tasks'>,
  { id, createdAt }: Task,
  expiresAt = secondsAfter(new Date(), 60),
): Promise<Task> {
  const key = videoKey(id);
  const result = { key, bytes: 8, sha256: 'f'.repeat(64), width: 1280, height: 720, durationSeconds: 6 };
  const completedAt = secondsAfter(createdAt, 120);
  const set = { result, chargeMicroUsd: 200_000, completedAt, expiresAt };
  const written = await tasks.transition(id, { from: ['accepted'], to: 'completed', set });
  if (written === 'stale') throw new Error('The task was not completed');
  const client = createS3Client();
  await client.send(new PutObjectCommand({ Bucket: 'media', Key: key, Body: film }));
  client.destroy();
  return written;
}

export function linkOf(task: Task): string {
  return `/v/${task.id}/${task.linkSecret}.mp4`;
}
