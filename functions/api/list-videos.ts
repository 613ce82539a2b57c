import * as z from 'zod';
import { quoted } from '../../shared/domain/shown-text.ts';
import type { Task } from '../../shared/domain/task.ts';
import { ConchError } from '../../shared/errors.ts';
import { type HttpAnswer, jsonAnswer } from '../../shared/http/http-event.ts';
import { fromVideoId } from '../../shared/ids.ts';
import type { AccountRequest, ApiDependencies } from './api-dependencies.ts';
import { describeVideo } from './video-answer.ts';

export const listVideosParameters = z.object({
  after: z.string().optional(),
  limit: z
    .string()
    .regex(/^\d{1,3}$/, 'must be a whole number from 1 to 100')
    .transform(Number)
    .pipe(z.number().min(1, 'must be at least 1').max(100, 'must be at most 100'))
    .default(20),
  order: z.enum(['asc', 'desc'], 'must be asc or desc').default('desc'),
});
type Parameters = z.infer<typeof listVideosParameters>;

/** GET /v1/videos: the account's videos by time of acceptance, the newest first. */
export async function listVideos(
  { parameters: { after, limit, order }, account }: AccountRequest<Parameters>,
  api: ApiDependencies,
): Promise<HttpAnswer> {
  const last = after === undefined ? undefined : await requireCursor(after, account, api);
  const page = await api.tasks.listTaskViews({ account, limit, order, ...(last && { after: last }) });
  const data = page.views.map((view) => describeVideo(view, api));
  return jsonAnswer(200, {
    object: 'list',
    data,
    has_more: page.hasMore,
    first_id: data.at(0)?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
  });
}

async function requireCursor(after: string, account: string, { tasks }: ApiDependencies): Promise<Task> {
  const id = fromVideoId(after);
  const task = id === undefined ? undefined : await tasks.getTask(id);
  if (task?.account === account) return task;
  throw new ConchError('invalid_query', `after: ${quoted(after)} is no video of this account`, {
    param: 'after',
  });
}
