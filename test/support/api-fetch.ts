import type { ApiCall, ApiResponse } from './http-events.ts';

/**
 * A fetch that hands requests to the API as API Gateway would, and goes where its answers redirect to. What is
 * aborted before it leaves does not leave.
 */
export function createApiFetch(call: (request: ApiCall) => Promise<ApiResponse>): typeof fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    const url = new URL(request.url);
    // OpenAI's client tries its fetch out.
    if (url.protocol === 'data:') return fetch(request);
    const body = new Uint8Array(await request.arrayBuffer());
    request.signal.throwIfAborted();
    const answer = await call({
      method: request.method,
      path: url.pathname + url.search,
      headers: Object.fromEntries(request.headers),
      ...(body.length > 0 && { body }),
    });
    const { location } = answer.headers;
    if (location !== undefined) return fetch(location, { signal: request.signal });
    return new Response(answer.body === '' ? null : JSON.stringify(answer.body), answer);
  };
}
