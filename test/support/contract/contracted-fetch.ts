import { ContractFault, holdToContract } from './hold-to-contract.ts';

type Fetch = typeof globalThis.fetch;

const redirects: readonly number[] = [301, 302, 303, 307, 308];

/**
 * The global fetch with every answer of the gateway at `gatewayUrl`, a redirect too, held to the contract of today's
 * version: rejects with ContractFault. What lies elsewhere, such as the bucket, is only fetched.
 */
export function createContractedFetch(gatewayUrl: string): Fetch {
  const { origin } = new URL(gatewayUrl);
  return async (input, init) => {
    const request = new Request(input, init);
    if (new URL(request.url).origin !== origin) return fetch(request);
    const response = await fetch(request, { redirect: 'manual' });
    await hold(request, response.clone());
    const location = response.headers.get('location');
    if (location === null || request.redirect === 'manual' || !redirects.includes(response.status))
      return response;
    const headers = new Headers(request.headers);
    headers.delete('authorization');
    return fetch(new URL(location, request.url), { headers, signal: request.signal });
  };
}

async function hold({ method, url }: Request, response: Response): Promise<void> {
  const { status } = response;
  const headers = Object.fromEntries(response.headers);
  holdToContract({ method, path: new URL(url).pathname, status, headers, body: await response.text() });
}

/** The same, for a client that repeats what was rejected: it meets its first ContractFault again and again. */
export function withLastingFaults(fetch: Fetch): Fetch {
  let fault: ContractFault | undefined;
  return async (input, init) => {
    if (fault !== undefined) throw fault;
    try {
      return await fetch(input, init);
    } catch (thrown) {
      if (thrown instanceof ContractFault) fault = thrown;
      throw thrown;
    }
  };
}
