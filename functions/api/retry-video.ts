import * as z from 'zod';
import type { HttpAnswer, HttpEvent } from '../../shared/http/http-event.ts';
import { parseFields } from '../../shared/ordering/parse-fields.ts';
import { refuseIfAny } from '../../shared/ordering/place-order.ts';
import { placeRetry } from '../../shared/ordering/place-retry.ts';
import { acceptedAnswer } from './accepted-answer.ts';
import type { AccountRequest, ApiDependencies } from './api-dependencies.ts';
import { readBody } from './read-order.ts';
import { requireVideo } from './require-video.ts';

export const retryVideoParameters = z.object({ id: z.string() });
type Parameters = z.infer<typeof retryVideoParameters>;

const noFields = { schema: z.strictObject({}), allowed: {}, shown: new Set<string>(), example: '{}' };

/** POST /v1/videos/{id}/retry: the same order again, after it failed or was canceled. */
export async function retryVideo(
  { event, parameters: { id }, account, keyId, isKeyCounted }: AccountRequest<Parameters>,
  api: ApiDependencies,
): Promise<HttpAnswer> {
  await refuseFields(event);
  const source = await requireVideo({ id, account }, api.tasks);
  return acceptedAnswer(await placeRetry({ source, keyId, isKeyCounted }, api), api);
}

/** Whoever sends a field wants another order than the one that is repeated. */
async function refuseFields(event: HttpEvent): Promise<void> {
  if ((event.body ?? '') !== '') refuseIfAny(parseFields(await readBody(event), noFields).violations);
}
