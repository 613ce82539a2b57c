import { shorten } from '../domain/shown-text.ts';
import { ConchError, InvalidRequestError } from '../errors.ts';
import type { HttpEvent } from './http-event.ts';
import { readBytes } from './request-body.ts';

/** `input_reference[image_url][url]` has the most. */
const maxBrackets = 2;

type FormContent = string | Uint8Array;
type FormValue = FormContent | FormContent[] | FormFields;
type FormFields = Map<string, FormValue>;

/** A part of a form, by the names that lead to its field. */
interface Part {
  readonly path: readonly string[];
  /** Whether it is one of a list's elements, of which there may be one. */
  readonly isElement: boolean;
  readonly content: FormContent;
}

/**
 * The fields of a multipart/form-data body: texts, files as bytes, objects for names with brackets such as
 * `metadata[shot]`, and lists for names that end in empty ones, as in `webhook[events][]`. Throws `invalid_multipart`,
 * RequestTooLargeError, and a violation for a name that is given twice or has too many brackets.
 */
export async function readForm(event: HttpEvent): Promise<Record<string, unknown>> {
  const fields: FormFields = new Map();
  for (const [name, value] of await parseForm(event)) {
    const content = typeof value === 'string' ? value : new Uint8Array(await value.arrayBuffer());
    put(fields, { path: toPath(name), isElement: name.endsWith('[]'), content });
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

function put(fields: FormFields, part: Part, depth = 0): void {
  const { path, isElement, content } = part;
  const name = path[depth] ?? '';
  const present = fields.get(name);
  const isInner = depth < path.length - 1;
  if (isInner && (present === undefined || present instanceof Map)) {
    const nested: FormFields = present ?? new Map();
    fields.set(name, nested);
    put(nested, part, depth + 1);
  } else if (!isInner && isElement && Array.isArray(present)) {
    present.push(content);
  } else if (!isInner && present === undefined) {
    fields.set(name, isElement ? [content] : content);
  } else {
    const param = shorten(path.join('.'));
    const message = `${param} is given more than once`;
    throw new InvalidRequestError([{ param, code: 'conflicting_fields', message }]);
  }
}

function toObject(fields: FormFields): Record<string, unknown> {
  const entries = [...fields].map(([name, value]) => [name, value instanceof Map ? toObject(value) : value]);
  return Object.fromEntries(entries);
}
