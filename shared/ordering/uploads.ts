import { newShortId } from '../ids.ts';

/** No provider takes a larger image. */
export const maxUploadBytes = 20 * 1024 * 1024;

/** The id of an uploaded file, as orders name it in `file_id`. */
export function newUploadId(): string {
  return `file_${newShortId()}`;
}

/** Whether a text from outside may become part of an object's key. */
export function isUploadId(text: string): boolean {
  return /^file_[\w-]{12}$/.test(text);
}
