import * as z from 'zod';
import { unixSeconds } from './field-types.ts';

export const uploadSchema = z.object({
  id: z.string().describe('The `file_id` to order with'),
  object: z.literal('upload'),
  url: z.url().describe('Where the file is to be PUT'),
  method: z.literal('PUT'),
  headers: z.record(z.string(), z.string()).describe('What the PUT must send'),
  expires_at: unixSeconds.describe('Unix seconds until which the PUT is taken'),
});
export type Upload = z.infer<typeof uploadSchema>;
