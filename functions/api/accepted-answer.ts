import { videoEvents } from '../../shared/domain/webhook.ts';
import { type HttpAnswer, jsonAnswer } from '../../shared/http/http-event.ts';
import { toVideoId } from '../../shared/ids.ts';
import { logger } from '../../shared/logger.ts';
import { toVideoStatus } from '../../shared/ordering/video-object.ts';
import type { TaskView } from '../../shared/storage/task-store.ts';
import type { ApiDependencies } from './api-dependencies.ts';
import { describeVideo, pollHeaders } from './video-answer.ts';

/** An order that was accepted is never answered as an error, or it would be sent again. */
export function acceptedAnswer(view: TaskView, api: ApiDependencies): HttpAnswer {
  try {
    const video = { ...describeVideo(view, api), ...webhookOf(view) };
    return jsonAnswer(200, video, pollHeaders(view.task, api));
  } catch (error) {
    const { id, model, state } = view.task;
    logger.error('An accepted order could not be shown', { taskId: id, error });
    return jsonAnswer(200, { id: toVideoId(id), object: 'video', model, status: toVideoStatus(state) });
  }
}

/** Here alone, and to whoever repeats the order: the secret may have been made by the gateway. */
function webhookOf({ request: { webhook } }: TaskView) {
  if (webhook === undefined || webhook.dialect !== undefined) return {};
  const { url, secret, events = videoEvents } = webhook;
  return { webhook: { url, secret, events } };
}
