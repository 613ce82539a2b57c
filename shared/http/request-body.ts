import { ConchError, maxBodyBytes, RequestTooLargeError } from '../errors.ts';
import type { HttpEvent } from './http-event.ts';

/** The bytes of a body. Throws RequestTooLargeError. */
export function readBytes({ body = '', isBase64Encoded }: HttpEvent): Buffer<ArrayBuffer> {
  const bytes = Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');
  const maxBytes = isBase64Encoded ? maxBodyBytes.binary : maxBodyBytes.text;
  if (bytes.length > maxBytes) throw new RequestTooLargeError(`The body has ${bytes.length} bytes`);
  return bytes;
}

/** The type of a body without its parameters, in lower case; empty where none is named. */
export function mediaType({ headers }: HttpEvent): string {
  return (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}

/** The value of a JSON body. Throws `invalid_json` and RequestTooLargeError. */
export function readJson(event: HttpEvent): unknown {
  const text = readBytes(event).toString('utf8');
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ConchError('invalid_json', 'The body is not valid JSON', { cause });
  }
}
