import * as z from 'zod';
import { type HttpAnswer, jsonAnswer } from '../../shared/http/http-event.ts';
import { toTaskEvents } from '../../shared/ordering/task-events.ts';
import type { AccountRequest, ApiDependencies } from './api-dependencies.ts';
import { requireVideo } from './require-video.ts';

export const listEventsParameters = z.object({ id: z.string() });
type Parameters = z.infer<typeof listEventsParameters>;

/** GET /v1/videos/{id}/events: what happened, in order. */
export async function listEvents(
  { parameters: { id }, account }: AccountRequest<Parameters>,
  { tasks }: Pick<ApiDependencies, 'tasks'>,
): Promise<HttpAnswer> {
  const { task } = await requireVideo({ id, account }, tasks);
  return jsonAnswer(200, { object: 'list', data: toTaskEvents(task) });
}
