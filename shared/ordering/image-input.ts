import * as z from 'zod';
import type { ImageInput } from './order-draft.ts';
import { readSourceUrl } from './source-url.ts';

const dataUri = /^data:[^,]*;base64,([A-Za-z0-9+/]+={0,2})$/;

/** An https URL, an `s3://` address or a data: URI. */
const imageText = z.string().transform((text, context): ImageInput => {
  const base64 = dataUri.exec(text)?.[1];
  if (base64 !== undefined) return { kind: 'bytes', bytes: Buffer.from(base64, 'base64') };
  const source = readSourceUrl(text);
  if (source !== undefined) return source;
  context.addIssue({ code: 'custom', message: 'neither a URL nor a data: URI' });
  return z.NEVER;
});

const uploadedBytes = z.instanceof(Uint8Array).transform((bytes): ImageInput => ({ kind: 'bytes', bytes }));

const nestedUrl = z.strictObject({ url: imageText }).transform(({ url }) => url);

const imageUrl = z
  .strictObject({ image_url: z.union([imageText, nestedUrl]) })
  .transform(({ image_url }) => image_url);

const uploadId = z
  .strictObject({ file_id: z.string() })
  .transform(({ file_id }): ImageInput => ({ kind: 'file', fileId: file_id }));

/** Every way in which an order can give an image. */
export const imageInputSchema = z.union([imageText, uploadedBytes, imageUrl, uploadId]);
