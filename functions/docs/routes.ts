import type { Route } from '@middy/http-router';
import type { HttpAnswer, HttpEvent } from '../../shared/http/http-event.ts';
import { buildDocument } from './openapi-document.ts';
import { renderPage } from './render-page.ts';
import { servePage } from './serve-page.ts';

/** The contract, to machines and to people; what answers GET answers HEAD. */
export function docsRoutes(): Route<HttpEvent, HttpAnswer>[] {
  const served = {
    '/openapi.json': servePage(() => {
      return { contentType: 'application/json', body: JSON.stringify(buildDocument()) };
    }),
    '/docs': servePage(() => renderPage(buildDocument())),
  };
  return Object.entries(served).flatMap(([path, handler]) => [
    { method: 'GET', path, handler },
    { method: 'HEAD', path, handler },
  ]);
}
