import type { Door } from './door.ts';
import { videoId } from './id-forms.ts';
import { door as piapi } from './piapi/door.ts';

/** Every provider's API that we serve. Of those with the same path the first serves it, unless a key says otherwise. */
export const doors: readonly Door[] = [piapi];

/** The task that a text names in the form of any door or in ours: a task is found through every API. */
export function readAnyId(text: string): string | undefined {
  for (const form of [videoId, ...doors.map(({ ids }) => ids)]) {
    const taskId = form.fromText(text);
    if (taskId !== undefined) return taskId;
  }
  return undefined;
}
