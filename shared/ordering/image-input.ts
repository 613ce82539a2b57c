import * as z from 'zod';
import type { ImageInput } from './order-draft.ts';

const dataUri = /^data:[^,]*;base64,([A-Za-z0-9+/]+={0,2})$/;

/** It is kept with the task, and providers take no longer ones either. */
const maxUrlLength = 4096;

/** An https URL or a data: URI. Whether a URL may be fetched is decided by the safe fetch. */
const imageText = z.string().transform((text, context): ImageInput => {
  const base64 = dataUri.exec(text)?.[1];
  if (base64 !== undefined) return { kind: 'bytes', bytes: Buffer.from(base64, 'base64') };
  const protocol = URL.parse(text)?.protocol;
  const isWeb = protocol === 'https:' || protocol === 'http:';
  if (isWeb && text.isWellFormed() && text.length <= maxUrlLength) return { kind: 'url', url: text };
  const isTooLong = isWeb && text.length > maxUrlLength;
  const message = isTooLong
    ? `a URL of more than ${maxUrlLength} characters`
    : 'neither a URL nor a data: URI';
  context.addIssue({ code: 'custom', message });
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
