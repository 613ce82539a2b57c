import * as z from 'zod';
import { toVideoId } from '../ids.ts';
import { readAnyId } from '../providers/id-forms.ts';
import type { VideoInput } from './order-draft.ts';
import { readSourceUrl } from './source-url.ts';

const videoText = z.string().transform((text, context): VideoInput => {
  const source = readSourceUrl(text);
  if (source !== undefined) return source;
  context.addIssue({ code: 'custom', message: 'no URL' });
  return z.NEVER;
});

const uploadId = z
  .strictObject({ file_id: z.string() })
  .transform(({ file_id }): VideoInput => ({ kind: 'file', fileId: file_id }));

const ownVideoId = z
  .strictObject({ video_id: z.string() })
  .transform(({ video_id }): VideoInput => ({ kind: 'video', videoId: toOwnForm(video_id) }));

/** What is no id in any form stays as it is, to be refused as a video that does not exist. */
function toOwnForm(text: string): string {
  const taskId = readAnyId(text);
  return taskId === undefined ? text : toVideoId(taskId);
}

/** Every way in which an order can give the video that it starts from. */
export const videoInputSchema = z.union([videoText, uploadId, ownVideoId]);
