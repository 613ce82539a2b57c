import { text } from 'node:stream/consumers';
import { simulatedDialects } from '../../../infra/local/simulated-providers/simulated-dialects.ts';
import {
  openSimulatedProvider,
  type SimulatedProviderOptions,
} from '../../../infra/local/simulated-providers/simulated-provider.ts';
import { toFetchError } from '../../../shared/media/fetch-error.ts';
import { limitBody } from '../../../shared/media/limit-body.ts';
import type { SafeFetch } from '../../../shared/media/safe-fetch.ts';
import type { UpstreamHttp } from '../../../shared/providers/upstream-http.ts';
import { createMemoryServer, type MemoryServer } from './memory-server.ts';

export type MemoryProvider = ReturnType<typeof openSimulatedProvider> & { readonly url: string };

export function memoryProviderUrl(name: string): string {
  return `http://${name}.memory`;
}

/** Simulated providers by their names, each at an address that only `upstream` reaches. */
export function openMemoryProviders(
  names: readonly string[],
  options: Omit<SimulatedProviderOptions, 'dialect'>,
) {
  const servers = new Map<string, MemoryServer>();
  const open = (name: string) => {
    const dialect = simulatedDialects.get(name);
    if (dialect === undefined) throw new Error(`${name} is not simulated`);
    const url = memoryProviderUrl(name);
    const provider = openSimulatedProvider({ ...options, dialect }, url);
    servers.set(new URL(url).host, createMemoryServer(provider.listener));
    return { ...provider, url };
  };
  const providers: ReadonlyMap<string, MemoryProvider> = new Map(names.map((name) => [name, open(name)]));
  return { providers, upstream: { http: httpOver(servers), safeFetch: safeFetchOver(servers) } };
}

type Servers = ReadonlyMap<string, MemoryServer>;

function requireServer(servers: Servers, host: string): MemoryServer {
  const server = servers.get(host);
  if (server === undefined) throw new Error(`Nobody serves ${host}`);
  return server;
}

function httpOver(servers: Servers): UpstreamHttp {
  return async ({ method, url, headers, body, signal }) => {
    const { host, pathname, search } = new URL(url);
    const content = body === undefined ? undefined : JSON.stringify(body);
    const contentHeaders = content === undefined ? {} : { 'Content-Type': 'application/json' };
    try {
      const response = await requireServer(servers, host).request({
        method,
        path: pathname + search,
        headers: { ...headers, ...contentHeaders },
        body: content,
        signal,
      });
      const given = Object.entries(response.headers).map(([name, value]) => [name, String(value)]);
      const { statusCode: status = 0 } = response;
      return { kind: 'answered', status, headers: Object.fromEntries(given), text: await text(response) };
    } catch (cause) {
      return { kind: 'lost', message: `No complete answer from ${host}: ${String(cause)}` };
    }
  };
}

function safeFetchOver(servers: Servers): SafeFetch {
  return async (given, limits) => {
    const url = new URL(given);
    const fetching = { url, limits, deadline: AbortSignal.timeout(limits.timeoutMs) };
    try {
      const server = requireServer(servers, url.host);
      const response = await server.request({ method: 'GET', path: url.pathname, headers: {} });
      const { statusCode: status = 0, headers } = response;
      return { status, headers, body: limitBody(response, fetching) };
    } catch (error) {
      throw toFetchError(error, fetching);
    }
  };
}
