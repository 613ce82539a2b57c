import * as z from 'zod';
import { isTerminal, type Task } from '../../shared/domain/task.ts';
import type { HttpAnswer } from '../../shared/http/http-event.ts';
import type { AccountRequest, ApiDependencies } from './api-dependencies.ts';
import { requireVideo } from './require-video.ts';
import { videoAnswer } from './video-answer.ts';

export const getVideoParameters = z.object({ id: z.string() });
type Parameters = z.infer<typeof getVideoParameters>;

/** GET /v1/videos/{id} */
export async function getVideo(
  { parameters: { id }, account }: AccountRequest<Parameters>,
  api: ApiDependencies,
): Promise<HttpAnswer> {
  const view = await requireVideo({ id, account }, api.tasks);
  return videoAnswer(view, api, await getQueuePosition(view.task, api));
}

/** Of a task that waits for a place at its provider; the next one is at 1. */
async function getQueuePosition(task: Task, { queue }: ApiDependencies): Promise<number | undefined> {
  if (task.queuedAt === undefined || isTerminal(task.state)) return undefined;
  return (await queue.countBefore(task.provider, task)) + 1;
}
