import { type HttpAnswer, jsonAnswer } from '../../shared/http/http-event.ts';
import { toVideoId } from '../../shared/ids.ts';
import { logger } from '../../shared/logger.ts';
import { toVideoStatus } from '../../shared/ordering/video-object.ts';
import type { TaskView } from '../../shared/storage/task-store.ts';
import type { ApiDependencies } from './api-dependencies.ts';
import { videoAnswer } from './video-answer.ts';

/** An order that was accepted is never answered as an error, or it would be sent again. */
export function acceptedAnswer(view: TaskView, api: ApiDependencies): HttpAnswer {
  try {
    return videoAnswer(view, api);
  } catch (error) {
    const { id, model, state } = view.task;
    logger.error('An accepted order could not be shown', { taskId: id, error });
    return jsonAnswer(200, { id: toVideoId(id), object: 'video', model, status: toVideoStatus(state) });
  }
}
