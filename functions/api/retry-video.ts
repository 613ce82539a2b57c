import * as z from 'zod';
import type { HttpAnswer } from '../../shared/http/http-event.ts';
import { parseRetry } from '../../shared/ordering/parse-retry.ts';
import { placeRetry } from '../../shared/ordering/place-retry.ts';
import { acceptedAnswer } from './accepted-answer.ts';
import type { AccountRequest, ApiDependencies } from './api-dependencies.ts';
import { readBody } from './read-order.ts';
import { requireVideo } from './require-video.ts';

export const retryVideoParameters = z.object({ id: z.string() });
type Parameters = z.infer<typeof retryVideoParameters>;

/** POST /v1/videos/{id}/retry: the same order again, after it failed or was canceled. It needs no body. */
export async function retryVideo(
  { event, parameters: { id }, account, keyId, isKeyCounted }: AccountRequest<Parameters>,
  api: ApiDependencies,
): Promise<HttpAnswer> {
  const { webhook } = parseRetry((event.body ?? '') === '' ? {} : await readBody(event));
  const source = await requireVideo({ id, account }, api.tasks);
  return acceptedAnswer(await placeRetry({ source, webhook, keyId, isKeyCounted }, api), api);
}
