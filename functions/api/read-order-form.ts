import type { HttpEvent } from '../../shared/http/http-event.ts';
import { readForm } from '../../shared/http/multipart-form.ts';

const wholeNumber = /^-?\d{1,15}$/;

/** A form knows only text: the fields that must be something else are read from it. */
const fieldReaders: Readonly<Record<string, (value: unknown) => unknown>> = {
  seed: (value) => (typeof value === 'string' && wholeNumber.test(value) ? Number(value) : value),
  prompt_optimizer: (value) => value === 'true' || (value !== 'false' && value),
  metadata: readObject,
  webhook: readObject,
  first_frame_image: readObject,
  input_reference: readObject,
  last_frame_image: readObject,
  subject_image: readObject,
  source_video: readObject,
  provider: readList,
};

/** The body of an order that was sent as multipart/form-data. Throws as `readForm` does. */
export async function readOrderForm(event: HttpEvent): Promise<Record<string, unknown>> {
  const fields = Object.entries(await readForm(event));
  return Object.fromEntries(fields.map(([name, value]) => [name, readerOf(name)(value)]));
}

function readerOf(name: string): (value: unknown) => unknown {
  const reader = Object.hasOwn(fieldReaders, name) ? fieldReaders[name] : undefined;
  return reader ?? ((value) => value);
}

/** An object may come as JSON, too; a text that is none is left to be refused. */
function readObject(value: unknown): unknown {
  return typeof value === 'string' && /^\s*\{/.test(value) ? readJsonText(value) : value;
}

function readList(value: unknown): unknown {
  return typeof value === 'string' && /^\s*\[/.test(value) ? readJsonText(value) : value;
}

function readJsonText(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
