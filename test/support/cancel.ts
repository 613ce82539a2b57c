import { cancelVideo } from '../../functions/api/cancel-video.ts';
import type { SubmitContext } from '../../functions/steps/submit-to-provider/submit-to-provider.ts';
import type { Pause } from '../../shared/clock.ts';
import type { Task } from '../../shared/domain/task.ts';
import { toVideoId } from '../../shared/ids.ts';
import { type ApiResponse, anHttpEvent, toResponse } from './http-events.ts';
import type { Steps } from './steps.ts';

export interface Canceling {
  readonly account?: string;
  /** What the endpoint works with; the context of the steps when absent. */
  readonly context?: SubmitContext;
  /** What happens while it waits, in place of the clock going on. */
  readonly pause?: Pause;
}

/** Asks for the end of a task as its customer does. Errors of the gateway are thrown. */
export async function cancelTask(
  steps: Steps,
  { id }: Pick<Task, 'id'>,
  { account = 'acme', context = steps.submitContext, pause = context.pause }: Canceling = {},
): Promise<ApiResponse> {
  const path = `/v1/videos/${toVideoId(id)}/cancel`;
  const event = anHttpEvent({ method: 'POST', path });
  const request = { event, account, keyId: 'key_1', isKeyCounted: false, parameters: { id: toVideoId(id) } };
  return toResponse(await cancelVideo(request, { ...context, offers: [], pause }));
}

/** Leaves a customer's request on the row, as the endpoint does with its first write. */
export async function requestCancel({ tasks, clock }: Steps, { id }: Pick<Task, 'id'>): Promise<void> {
  const now = clock.now().toISOString();
  await tasks.amend(id, { set: { cancelRequestedAt: now, wake: now } });
}
