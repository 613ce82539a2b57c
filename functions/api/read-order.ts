import { quoted } from '../../shared/domain/shown-text.ts';
import { ConchError } from '../../shared/errors.ts';
import type { HttpEvent } from '../../shared/http/http-event.ts';
import { mediaType, readJson } from '../../shared/http/request-body.ts';
import { type ParsedOrder, parseOrder } from '../../shared/ordering/parse-order.ts';
import { readOrderForm } from './read-order-form.ts';

/** The order in a request's body, which is JSON or a form. Throws what the readers of both throw. */
export async function readOrder(event: HttpEvent): Promise<ParsedOrder> {
  return parseOrder(await readBody(event));
}

/** The fields of a body, which is JSON or a form. */
export async function readBody(event: HttpEvent): Promise<unknown> {
  switch (mediaType(event)) {
    case 'application/json':
      return readJson(event);
    case 'multipart/form-data':
      return readOrderForm(event);
    default: {
      const allowed = 'allowed are application/json and multipart/form-data';
      const message = `The content type is ${quoted(mediaType(event))}; ${allowed}`;
      throw new ConchError('unsupported_media_type', message);
    }
  }
}
