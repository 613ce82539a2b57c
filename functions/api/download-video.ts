import * as z from 'zod';
import { isExpired } from '../../shared/domain/retention.ts';
import type { Task } from '../../shared/domain/task.ts';
import { ConchError, NotFoundError } from '../../shared/errors.ts';
import { type HttpAnswer, type HttpEvent, redirectAnswer } from '../../shared/http/http-event.ts';
import { problemAnswer } from '../../shared/http/problem.ts';
import { isSameSecret, isTaskId, toVideoId } from '../../shared/ids.ts';
import { videoKey } from '../../shared/storage/media-store.ts';
import type { AccountRequest, ApiDependencies, ApiRequest } from './api-dependencies.ts';
import { requireVideo } from './require-video.ts';
import { pollHeaders } from './video-answer.ts';

/** A player may pause and ask for more ranges; a link that was leaked should die soon. */
const presignedSeconds = 3600;

export const contentParameters = z.object({
  id: z.string(),
  variant: z.literal('video', 'must be video').optional(),
});

/** GET /v1/videos/{id}/content: redirects to a fresh presigned URL. */
export async function getContent(
  { event, parameters: { id }, account }: AccountRequest<z.infer<typeof contentParameters>>,
  api: ApiDependencies,
): Promise<HttpAnswer> {
  const { task } = await requireVideo({ id, account }, api.tasks);
  return task.state === 'completed' ? redirectToFile(task, event, api) : notReadyAnswer(task, api);
}

/** Not thrown, because it tells more than an error does: when to ask again. */
function notReadyAnswer(task: Task, api: ApiDependencies): HttpAnswer {
  const message = `The video ${toVideoId(task.id)} is ${task.state}; it has no content`;
  const problem = problemAnswer(new ConchError('video_not_ready', message));
  return { ...problem, headers: { ...problem.headers, ...pollHeaders(task, api) } };
}

export const linkParameters = z.object({ taskId: z.string(), linkSecret: z.string() });

/** GET /v/{taskId}/{linkSecret}.mp4: the keyless link, good until the video expires. */
export async function followLink(
  { event, parameters: { taskId, linkSecret } }: ApiRequest<z.infer<typeof linkParameters>>,
  api: ApiDependencies,
): Promise<HttpAnswer> {
  const task = isTaskId(taskId) ? await api.tasks.getTask(taskId) : undefined;
  const isGood = isSameSecret(linkSecret, task?.linkSecret ?? '') && task?.deletedAt === undefined;
  if (task?.state !== 'completed' || !isGood) throw new NotFoundError('The video');
  return redirectToFile(task, event, api);
}

async function redirectToFile(
  task: Task,
  event: HttpEvent,
  { media, clock }: ApiDependencies,
): Promise<HttpAnswer> {
  const id = toVideoId(task.id);
  if (isExpired(task, clock.now())) throw new NotFoundError(`The file of ${id}, which is expired,`);
  // A signature is good for one method, and who asks with HEAD follows with HEAD.
  const presign = event.requestContext.http.method === 'HEAD' ? media.presignHead : media.presignGet;
  return redirectAnswer(await presign(videoKey(task.id), { expiresSeconds: presignedSeconds }));
}
