import { NotFoundError } from '../../shared/errors.ts';
import type { Caller } from '../../shared/http/authenticate.ts';
import { toVideoId } from '../../shared/ids.ts';
import type { Door } from '../../shared/providers/door.ts';
import type { DoorDependencies } from './door-dependencies.ts';
import { requireTaskView, showTask } from './show-task.ts';

/**
 * The link to a video of the account, by the one that was given out. Throws `not_found` for any other URL, one of
 * another origin too, and once the video has expired.
 */
export async function findLink(
  { door, url }: { readonly door: Door; readonly url: string },
  caller: Caller,
  dependencies: DoorDependencies,
): Promise<string> {
  const { origin, pathname: path = '' } = URL.parse(url) ?? {};
  const taskId = /^\/v\/([0-9a-f]{16})\/[^/]+$/.exec(path)?.[1];
  const isOurs = origin === new URL(dependencies.publicUrl).origin;
  // Without the URL in the message: it is as good as the video.
  if (!isOurs || taskId === undefined) throw new NotFoundError('A video of ours at this url');
  const { video } = showTask(
    door,
    await requireTaskView(toVideoId(taskId), caller, dependencies),
    dependencies,
  );
  if (video === undefined || new URL(video.url).pathname !== path)
    throw new NotFoundError('A video of ours at this url');
  return video.url;
}
