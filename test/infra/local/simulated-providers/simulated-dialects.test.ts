import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { simulatedDialects } from '../../../../infra/local/simulated-providers/simulated-dialects.ts';
import type { ProviderContext } from '../../../../shared/providers/provider.ts';
import { providerDefinitions } from '../../../../shared/providers/registry.ts';
import { createUpstreamHttp } from '../../../../shared/providers/upstream-http.ts';
import { requestFor } from '../../../shared/providers/job-requests.ts';
import { startScriptedUpstream } from '../../../support/scripted-upstream.ts';
import { apiKey, jobSeconds, simulate } from './simulate.ts';

/** What the adapters say to the simulated providers, and the other way round. */
const pairs = providerDefinitions.flatMap((definition) => {
  const dialect = simulatedDialects.get(definition.name);
  return dialect === undefined ? [] : [{ name: definition.name, definition, dialect }];
});

async function meet({ name, definition, dialect }: (typeof pairs)[number]) {
  const { provider: server, clock } = await simulate({ dialect });
  const provider = definition.load({ [`${name.toUpperCase()}_BASE_URL`]: server.url });
  const [offer] = provider.offers;
  if (offer === undefined) throw new Error('There is no offer');
  const http = createUpstreamHttp();
  const context: ProviderContext = { apiKey, http, clock, signal: AbortSignal.timeout(10_000) };
  return { server, provider, offer, context, clock };
}

describe.each(pairs)('the adapter of $name and its simulation', (pair) => {
  it('agree on every model from order to video', async () => {
    const { server, provider, context, clock } = await meet(pair);
    for (const offer of provider.offers) {
      const outcome = await provider.submit(requestFor(offer), context);
      if (outcome.kind !== 'accepted') throw new Error(`${offer.nativeModel}: ${JSON.stringify(outcome)}`);
      expect(await provider.check(outcome.job, context)).toEqual({ kind: 'queued' });
      clock.advance(jobSeconds / 2);
      expect(await provider.check(outcome.job, context)).toEqual({ kind: 'running' });
      clock.advance(jobSeconds);
      const url = expect.stringContaining(`${server.url}/videos/`);
      expect(await provider.check(outcome.job, context)).toMatchObject({
        kind: 'succeeded',
        outputs: [{ url }],
      });
    }
    expect(server.createRequests()).toBe(provider.offers.length);
  });

  it.each([
    ['moderate', 'content_rejected'],
    ['fail', 'generation_failed'],
  ] as const)('agree that %s means %s', async (kind, code) => {
    const { server, provider, offer, context, clock } = await meet(pair);
    server.setFaults([{ kind }]);
    const outcome = await provider.submit(requestFor(offer), context);
    clock.advance(jobSeconds);

    if (outcome.kind !== 'accepted') throw new Error(JSON.stringify(outcome));
    const progress = await provider.check(outcome.job, context);

    expect(progress).toMatchObject({ kind: 'failed', failure: { code, charged: 'no' } });
  });

  it('agree on how an order is refused for its content and for a wrong key', async () => {
    const { server, provider, offer, context } = await meet(pair);
    server.setFaults([{ kind: 'moderate_at_submit' }]);

    const moderated = await provider.submit(requestFor(offer), context);
    const keyless = await provider.submit(requestFor(offer), { ...context, apiKey: 'another' });

    expect(moderated).toMatchObject({ kind: 'refused', failure: { code: 'content_rejected' } });
    expect(keyless).toMatchObject({ kind: 'refused', failure: { code: 'provider_auth' } });
  });
});

const pairsThatCallBack = pairs.filter(({ dialect }) => dialect.callbackMessage !== undefined);

describe.each(pairsThatCallBack)('the adapter of $name and its simulation', (pair) => {
  it('agree on the proof of a callback', async () => {
    const receiver = await startScriptedUpstream();
    onTestFinished(() => receiver.close());
    const { provider, offer, context, clock } = await meet(pair);
    const target = { url: `${receiver.url}/callback/secret`, proof: 'proof of ours' };
    const outcome = await provider.submit(requestFor(offer), context, target);
    clock.advance(jobSeconds);
    await vi.waitFor(() => expect(receiver.requests).toHaveLength(1));

    const [callback] = receiver.requests;
    const proof = callback?.headers['x-webhook-secret']?.toString();
    const claim = provider.verifyCallback?.(
      { headers: { 'x-webhook-secret': proof }, body: callback?.body ?? '' },
      target.proof,
    );

    expect(outcome).toMatchObject({ kind: 'accepted', job: { id: expect.any(String) } });
    expect(claim).toEqual({ kind: 'terminal', jobId: outcome.kind === 'accepted' && outcome.job.id });
  });
});
