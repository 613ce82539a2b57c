import { ConchError } from '../errors.ts';
import type { HttpEvent } from './http-event.ts';

/** What fits into a Lambda payload of 6 MB once it is encoded in base64. */
const maxBodyBytes = 4.5 * 1024 * 1024;

/** The bytes of a body. Throws `request_too_large`. */
export function readBytes({ body = '', isBase64Encoded }: HttpEvent): Buffer<ArrayBuffer> {
  const bytes = Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');
  if (bytes.length <= maxBodyBytes) return bytes;
  const hint = 'send large images through POST /v1/uploads and name them by file_id';
  throw new ConchError(
    'request_too_large',
    `The body has ${bytes.length} bytes, at most ${maxBodyBytes} are allowed; ${hint}`,
  );
}

/** The type of a body without its parameters, in lower case; empty where none is named. */
export function mediaType({ headers }: HttpEvent): string {
  return (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}

/** The value of a JSON body. Throws `invalid_json`. */
export function readJson(event: HttpEvent): unknown {
  const text = readBytes(event).toString('utf8');
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ConchError('invalid_json', 'The body is not valid JSON', { cause });
  }
}
