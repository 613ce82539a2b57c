import * as z from 'zod';
import type { HttpAnswer } from '../../shared/http/http-event.ts';
import type { AccountRequest, ApiDependencies } from './api-dependencies.ts';
import { requireVideo } from './require-video.ts';
import { videoAnswer } from './video-answer.ts';

export const getVideoParameters = z.object({ id: z.string() });
type Parameters = z.infer<typeof getVideoParameters>;

/** GET /v1/videos/{id} */
export async function getVideo(
  { parameters: { id }, account }: AccountRequest<Parameters>,
  api: ApiDependencies,
): Promise<HttpAnswer> {
  return videoAnswer(await requireVideo({ id, account }, api.tasks), api);
}
