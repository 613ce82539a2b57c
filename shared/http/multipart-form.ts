import { shorten } from '../domain/shown-text.ts';
import { ConchError, InvalidRequestError } from '../errors.ts';
import type { HttpEvent } from './http-event.ts';
import { readBytes } from './request-body.ts';

/** `input_reference[image_url][url]` has the most. */
const maxBrackets = 2;

type FormValue = string | Uint8Array | FormFields;
type FormFields = Map<string, FormValue>;

/**
 * The fields of a multipart/form-data body: texts, files as bytes, and objects for names with brackets such
 * as `metadata[shot]`. Throws `invalid_multipart`, RequestTooLargeError, and a violation for a name that is
 * given twice or has too many brackets.
 */
export async function readForm(event: HttpEvent): Promise<Record<string, unknown>> {
  const fields: FormFields = new Map();
  for (const [name, value] of await parseForm(event)) {
    const content = typeof value === 'string' ? value : new Uint8Array(await value.arrayBuffer());
    put(fields, toPath(name), content);
  }
  return toObject(fields);
}

/** The parts of a name; their number is limited because they are followed by recursion. */
function toPath(name: string): string[] {
  const path = name.split(/\[|\]\[|\]$/).filter((part, index) => index === 0 || part !== '');
  if (path.length <= 1 + maxBrackets) return path;
  const param = shorten(name);
  const message = `${param} is unknown; a name has at most ${maxBrackets} brackets`;
  throw new InvalidRequestError([{ param, code: 'unknown_field', message }]);
}

async function parseForm(event: HttpEvent): Promise<FormData> {
  const headers = { 'content-type': event.headers['content-type'] ?? '' };
  const bytes = readBytes(event);
  try {
    return await new Response(bytes, { headers }).formData();
  } catch (cause) {
    throw new ConchError('invalid_multipart', 'The body is not valid multipart/form-data', { cause });
  }
}

function put(fields: FormFields, [name = '', ...inner]: readonly string[], content: string | Uint8Array) {
  const present = fields.get(name);
  if (inner.length === 0 && present === undefined) {
    fields.set(name, content);
  } else if (inner.length > 0 && (present === undefined || present instanceof Map)) {
    const nested: FormFields = present ?? new Map();
    fields.set(name, nested);
    put(nested, inner, content);
  } else {
    const param = shorten(name);
    const message = `${param} is given more than once`;
    throw new InvalidRequestError([{ param, code: 'conflicting_fields', message }]);
  }
}

function toObject(fields: FormFields): Record<string, unknown> {
  const entries = [...fields].map(([name, value]) => [name, value instanceof Map ? toObject(value) : value]);
  return Object.fromEntries(entries);
}
