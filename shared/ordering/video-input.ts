import * as z from 'zod';
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
  .transform(({ video_id }): VideoInput => ({ kind: 'video', videoId: video_id }));

/** Every way in which an order can give the video that it starts from. */
export const videoInputSchema = z.union([videoText, uploadId, ownVideoId]);
