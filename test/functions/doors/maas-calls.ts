import type { UpstreamHttp } from '../../../shared/providers/upstream-http.ts';
import type { ApiCall } from '../../support/http-events.ts';
import { encodeForm } from '../../support/http-events.ts';
import type { ServedApi } from '../../support/served-api.ts';

/** The example of a document with its media at another place. */
export function withMedia(text: string, url: string): unknown {
  return JSON.parse(text.replaceAll(/https:\/\/[^"]+/g, url));
}

/** The adapters' HTTP, answered by the gateway itself. */
export function httpOf(api: ServedApi): UpstreamHttp {
  return async ({ method, url, headers, body }) => {
    const { pathname, search } = new URL(url);
    const lowerCase = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
    const call = { method, path: `${pathname}${search}`, headers: Object.fromEntries(lowerCase) };
    const answer = await api.call({ ...call, ...(body !== undefined && { json: body }) });
    return { kind: 'answered', status: answer.status, headers: {}, text: JSON.stringify(answer.body) };
  };
}

export interface Refusal {
  /** What is sent, besides method and path. */
  readonly call: Omit<ApiCall, 'path'> & { readonly path?: string };
  /** 400 where absent. */
  readonly status?: number;
  /** Part of the message. */
  readonly message: string;
}

async function aForm(): Promise<Pick<ApiCall, 'body' | 'headers'>> {
  const form = new FormData();
  form.append('prompt', 'A lighthouse');
  return encodeForm(form);
}

/** Bodies that are no order in any dialect of JSON, by what they are. */
export const bodies: Readonly<Record<string, Refusal>> = {
  'no body': { call: {}, message: 'not valid JSON' },
  'an empty body': { call: { body: '' }, message: 'not valid JSON' },
  'text that is not JSON': { call: { body: 'prompt=A lighthouse' }, message: 'not valid JSON' },
  'half of a JSON': { call: { body: '{"prompt": "A light' }, message: 'not valid JSON' },
  'a form': { call: await aForm(), message: 'not valid JSON' },
  'a form in a URL': {
    call: { body: 'prompt=x', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
    message: 'not valid JSON',
  },
  'bytes that are not UTF-8': {
    call: { body: new Uint8Array([0x7b, 0xff, 0x7d]) },
    message: 'not valid UTF-8',
  },
  'more than 6 MB': {
    call: { json: { prompt: 'x'.repeat(6_000_001) } },
    status: 413,
    message: 'at most 6000000 bytes of JSON are allowed; give larger images by their URLs',
  },
  null: { call: { json: null }, message: 'must be a JSON object' },
  'a list': { call: { json: [{ prompt: 'x' }] }, message: 'must be a JSON object' },
  'a text': { call: { json: 'A lighthouse' }, message: 'must be a JSON object' },
  'a number': { call: { json: 6 }, message: 'must be a JSON object' },
};
