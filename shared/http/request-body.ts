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
  return parseJson(readBytes(event), 'The body');
}

/** The value of JSON in UTF-8, with or without a byte order mark. Throws `invalid_json` about `what` it is. */
export function parseJson(bytes: Uint8Array, what: string): unknown {
  const text = decode(bytes, what);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ConchError('invalid_json', `${what} is not valid JSON`, { cause });
  }
}

function decode(bytes: Uint8Array, what: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new ConchError('invalid_json', `${what} is not valid UTF-8`, { cause });
  }
}
