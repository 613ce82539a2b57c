import type { HttpAnswer, HttpEvent } from '../../shared/http/http-event.ts';
import { sha256 } from '../../shared/ids.ts';

/** A text that is the same for everybody until the next deployment. */
export interface Page {
  readonly contentType: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Makes the page at its first request; answers 304 to who has it. */
export function servePage(make: () => Page): (event: HttpEvent) => Promise<HttpAnswer> {
  let made: (Page & { readonly etag: string }) | undefined;
  return async ({ headers }) => {
    made ??= withTag(make());
    const stored = { etag: made.etag, 'cache-control': 'public, max-age=300' };
    if (isKnown(headers['if-none-match'], made.etag)) return { statusCode: 304, headers: stored, body: '' };
    const type = { 'content-type': made.contentType };
    return { statusCode: 200, headers: { ...type, ...stored, ...made.headers }, body: made.body };
  };
}

function withTag(page: Page) {
  return { ...page, etag: `"${sha256(page.body).slice(0, 32)}"` };
}

/** A proxy that compresses marks the tag as weak. */
function isKnown(given: string | undefined, etag: string): boolean {
  const tags = (given ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes(etag) || tags.includes('*');
}
