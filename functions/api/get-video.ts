import * as z from 'zod';
import { quoted } from '../../shared/domain/shown-text.ts';
import { isTerminal, type Task } from '../../shared/domain/task.ts';
import { ConchError } from '../../shared/errors.ts';
import type { HttpAnswer, HttpEvent } from '../../shared/http/http-event.ts';
import { getPreferredWait } from '../../shared/http/prefer-wait.ts';
import type { AccountRequest, ApiDependencies } from './api-dependencies.ts';
import { awaitChange, maxWaitSeconds } from './await-change.ts';
import { requireVideo } from './require-video.ts';
import { videoAnswer } from './video-answer.ts';

const waitRule = `must be whole seconds from 0 to ${maxWaitSeconds}`;
const waitSchema = z
  .string()
  .regex(/^\d{1,2}$/, waitRule)
  .transform(Number)
  .pipe(z.number().max(maxWaitSeconds, waitRule));

export const getVideoParameters = z.object({ id: z.string(), wait: waitSchema.optional() });
type Parameters = z.infer<typeof getVideoParameters>;
type VideoDependencies = Pick<
  ApiDependencies,
  'tasks' | 'queue' | 'offers' | 'clock' | 'pause' | 'publicUrl'
>;

/** GET /v1/videos/{id}, at once or, with `wait`, as soon as the video's state changes. */
export async function getVideo(
  { event, parameters: { id, wait }, account }: AccountRequest<Parameters>,
  api: VideoDependencies,
): Promise<HttpAnswer> {
  const waitSeconds = wait ?? parsePreferredWait(event);
  const view = await requireVideo({ id, account }, api.tasks);
  const task = await awaitChange(view.task, waitSeconds ?? 0, api);
  const answer = videoAnswer({ ...view, task }, api, await getQueuePosition(task, api));
  if (waitSeconds === undefined) return answer;
  return { ...answer, headers: { ...answer.headers, 'preference-applied': `wait=${waitSeconds}` } };
}

function parsePreferredWait({ headers }: HttpEvent): number | undefined {
  const wait = getPreferredWait(headers);
  if (wait === undefined) return undefined;
  const parsed = waitSchema.safeParse(wait);
  if (parsed.success) return parsed.data;
  const message = `wait in the Prefer header ${waitRule}; got ${quoted(wait)}`;
  throw new ConchError('invalid_query', message, { param: 'Prefer', cause: parsed.error });
}

/** Of a task that waits for a place at its provider; the next one is at 1. */
async function getQueuePosition(task: Task, { queue }: VideoDependencies): Promise<number | undefined> {
  if (task.queuedAt === undefined || isTerminal(task.state)) return undefined;
  return (await queue.countBefore(task.provider, task)) + 1;
}
