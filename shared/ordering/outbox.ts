import type { Clock } from '../clock.ts';
import { findOffer, type Offer } from '../domain/offer.ts';
import { isExpired } from '../domain/retention.ts';
import type { Task } from '../domain/task.ts';
import { logger } from '../logger.ts';
import type { MediaStore } from '../storage/media-store.ts';
import type { TaskView } from '../storage/task-store.ts';
import { toVideoObject } from './video-object.ts';

export interface OutboxContext {
  readonly media: MediaStore;
  readonly publicUrl: string;
  readonly clock: Clock;
  /** Whose offers say what became of camera moves. */
  readonly providers: ReadonlyMap<string, { readonly offers: readonly Offer[] }>;
}

/** Everything that the gateway puts into the bucket for an account's droppers lies under this prefix. */
export function outboxKey(account: string, name: string): string {
  return `outbox/${account}/${name}`;
}

/**
 * Answers an order from the inbox: `<name>.mp4` and `<name>.result.json`, or `<name>.error.json`. The video
 * comes first, so that whoever sees the result finds it. Each says which task wrote it: a later order may have the
 * same name. A video that has expired or is gone is delivered to nobody, with a warning: that mends by no repetition.
 */
export async function deliverToOutbox(view: TaskView, context: OutboxContext): Promise<void> {
  const { task } = view;
  const name = requireOutboxName(task);
  if (task.state === 'completed' && !(await deliverFilm(task, name, context))) {
    logger.warn('A video was gone before it was delivered to the outbox', { taskId: task.id });
    return;
  }
  const [ending, other] = task.state === 'completed' ? ['result', 'error'] : ['error', 'result'];
  const { publicUrl, clock, providers } = context;
  const offer = findOffer(providers.get(task.provider)?.offers ?? [], task);
  const video = toVideoObject(view, { publicUrl, now: clock.now(), offer });
  await context.media.putObject(
    outboxKey(task.account, `${name}.${ending}.json`),
    JSON.stringify(video, null, 2),
    { contentType: 'application/json', taskId: task.id },
  );
  // An earlier order of that name may have ended the other way.
  await context.media.deleteObject(outboxKey(task.account, `${name}.${other}.json`));
}

/** False where there is no film any more. */
async function deliverFilm(
  { id, account, result, expiresAt }: Task,
  name: string,
  { media, clock }: OutboxContext,
): Promise<boolean> {
  if (result === undefined) return true;
  if (isExpired({ expiresAt }, clock.now())) return false;
  const type = { contentType: 'video/mp4', taskId: id };
  try {
    await media.copyObject(result.key, outboxKey(account, `${name}.mp4`), type);
    return true;
  } catch (error) {
    if ((await media.headObject(result.key)) !== undefined) throw error;
    return false;
  }
}

const answers = ['mp4', 'result.json', 'error.json'];

/** Takes back what a task delivered, as far as no later order of that name has replaced it. */
export async function clearFromOutbox(
  { id, account, outboxName }: Task,
  media: Pick<MediaStore, 'headObject' | 'deleteUnchanged'>,
): Promise<void> {
  if (outboxName === undefined) return;
  for (const answer of answers) {
    const key = outboxKey(account, `${outboxName}.${answer}`);
    const head = await media.headObject(key);
    if (head?.taskId === id) await media.deleteUnchanged(key, head.etag);
  }
}

function requireOutboxName(task: Task): string {
  if (task.outboxName === undefined) throw new Error(`Task ${task.id} did not come from the inbox`);
  return task.outboxName;
}
