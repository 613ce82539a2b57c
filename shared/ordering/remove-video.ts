import type { Task } from '../domain/task.ts';
import { type MediaStore, videoKey } from '../storage/media-store.ts';
import type { TaskStore } from '../storage/task-store.ts';
import { clearFromOutbox } from './outbox.ts';

export interface RemovalContext {
  readonly media: Pick<MediaStore, 'deleteObject' | 'headObject' | 'deleteUnchanged'>;
  readonly tasks: Pick<TaskStore, 'forgetContent'>;
}

/** The archived video, and what was delivered of the task. Inputs are shared by orders, and expire by themselves. */
export async function removeFiles(task: Task, { media }: Pick<RemovalContext, 'media'>): Promise<void> {
  // Whatever the row says of a result: an archive that was given up may have left one. First, because nobody can
  // deliver it once it is gone.
  await media.deleteObject(videoKey(task.id));
  await clearFromOutbox(task, media);
}

/** All of a deleted task but what the ledger's reports are made of. May be done twice. */
export async function removeContent(task: Task, context: RemovalContext): Promise<void> {
  await removeFiles(task, context);
  await context.tasks.forgetContent(task.id);
}
