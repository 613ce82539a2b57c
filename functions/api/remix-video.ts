import * as z from 'zod';
import type { HttpAnswer } from '../../shared/http/http-event.ts';
import { parseRemix } from '../../shared/ordering/parse-remix.ts';
import { placeRemix } from '../../shared/ordering/place-remix.ts';
import { acceptedAnswer } from './accepted-answer.ts';
import type { AccountRequest, ApiDependencies } from './api-dependencies.ts';
import { readBody } from './read-order.ts';
import { readRepeatMarks } from './repeat-marks.ts';
import { requireVideo } from './require-video.ts';

export const remixVideoParameters = z.object({ id: z.string() });
type Parameters = z.infer<typeof remixVideoParameters>;

/** POST /v1/videos/{id}/remix: the order of a video that ended, with another prompt. */
export async function remixVideo(
  { event, parameters: { id }, account, keyId, isKeyCounted }: AccountRequest<Parameters>,
  api: ApiDependencies,
): Promise<HttpAnswer> {
  const parsed = parseRemix(await readBody(event));
  const source = await requireVideo({ id, account }, api.tasks);
  const order = { source, ...parsed, keyId, isKeyCounted, ...readRepeatMarks(event) };
  return acceptedAnswer(await placeRemix(order, api), api);
}
