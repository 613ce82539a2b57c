import { findOffer } from '../../shared/domain/offer.ts';
import { isTerminal, type Task } from '../../shared/domain/task.ts';
import { type HttpAnswer, jsonAnswer } from '../../shared/http/http-event.ts';
import { toVideoObject } from '../../shared/ordering/video-object.ts';
import { nextPollMs } from '../../shared/ordering/video-progress.ts';
import type { TaskView } from '../../shared/storage/task-store.ts';
import type { ApiDependencies } from './api-dependencies.ts';

type VideoDependencies = Pick<ApiDependencies, 'offers' | 'clock' | 'publicUrl'>;

/** A video as an answer of its own; while it is not final it says when to ask again. */
export function videoAnswer(view: TaskView, api: VideoDependencies, queuePosition?: number): HttpAnswer {
  return jsonAnswer(200, describeVideo(view, api, queuePosition), pollHeaders(view.task, api));
}

/** When to ask again, for as long as a task is not final. */
export function pollHeaders(task: Task, api: VideoDependencies): Readonly<Record<string, string>> {
  if (isTerminal(task.state)) return {};
  const pollMs = nextPollMs(task, api.clock.now(), typicalSeconds(task, api));
  return { 'openai-poll-after-ms': `${pollMs}` };
}

export function describeVideo(view: TaskView, api: VideoDependencies, queuePosition?: number) {
  return toVideoObject(view, {
    publicUrl: api.publicUrl,
    now: api.clock.now(),
    typicalSeconds: typicalSeconds(view.task, api),
    offer: findOffer(api.offers, view.task),
    queuePosition,
  });
}

function typicalSeconds(task: Task, { offers }: VideoDependencies): number | undefined {
  return findOffer(offers, task)?.typicalSeconds;
}
