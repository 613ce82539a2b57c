import type { LookupAddress } from 'node:dns';
import { once } from 'node:events';
import { connect, isIP, type LookupFunction, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { FetchFailedError, UnsafeFetchError } from '../errors.ts';
import { isPublicAddress } from './public-address.ts';

const connectTimeoutMs = 5_000;

/** All addresses of a host name. */
export type HostLookup = (hostname: string) => Promise<readonly LookupAddress[]>;

interface Target {
  readonly url: URL;
  /** Whether private addresses are fine. */
  readonly isTrusted: boolean;
  readonly lookup: HostLookup;
  readonly signal: AbortSignal;
}

/**
 * A fresh connection to the origin of `url`, TLS included, over which nothing of ours was sent yet. The address
 * is checked when the name is resolved and again on the socket that was really connected.
 * Throws UnsafeFetchError for an address that is not public, and the network's own errors.
 */
export async function openCheckedSocket(target: Target): Promise<Socket> {
  const host = target.url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0) requireAllowed(host, target);
  const socket = connect({
    host,
    port: portOf(target.url),
    lookup: checkedLookup(target),
    autoSelectFamily: true,
  });
  socket.setTimeout(connectTimeoutMs, () => socket.destroy(timeoutError(target.url)));
  await opened(socket, 'connect', target.signal);
  try {
    requireAllowed(socket.remoteAddress ?? '', target);
    if (target.url.protocol === 'http:') return socket;
    const secure = connectTls({ socket, host, servername: isIP(host) === 0 ? host : '' });
    await opened(secure, 'secureConnect', target.signal);
    return secure;
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    socket.setTimeout(0);
  }
}

async function opened(
  socket: Socket,
  event: 'connect' | 'secureConnect',
  signal: AbortSignal,
): Promise<void> {
  // Nobody listens between two steps: an error there must wait for the next step, not end the process.
  socket.on('error', () => undefined);
  try {
    await once(socket, event, { signal });
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

function checkedLookup(target: Target): LookupFunction {
  return (hostname, _options, callback) => {
    const answer = async () => {
      const found = await target.lookup(hostname);
      const allowed = found.filter(({ address }) => target.isTrusted || isPublicAddress(address));
      if (allowed.length === 0) throw notPublicError(target.url);
      return allowed;
    };
    answer().then(
      (addresses) => callback(null, addresses),
      (error) => callback(error, []),
    );
  };
}

function requireAllowed(address: string, { url, isTrusted }: Target): void {
  if (!isTrusted && !isPublicAddress(address)) throw notPublicError(url);
}

function notPublicError(url: URL): UnsafeFetchError {
  return new UnsafeFetchError(`${url.hostname} is not on the public internet, so it is not fetched`);
}

function timeoutError(url: URL): FetchFailedError {
  return new FetchFailedError(`${url.hostname} did not connect within ${connectTimeoutMs / 1000} s`);
}

function portOf(url: URL): number {
  if (url.port !== '') return Number(url.port);
  return url.protocol === 'https:' ? 443 : 80;
}
