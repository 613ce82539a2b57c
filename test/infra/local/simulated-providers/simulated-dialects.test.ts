import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { simulatedDialects } from '../../../../infra/local/simulated-providers/simulated-dialects.ts';
import type { ProviderContext } from '../../../../shared/providers/provider.ts';
import { providerDefinitions } from '../../../../shared/providers/registry.ts';
import { createUpstreamHttp } from '../../../../shared/providers/upstream-http.ts';
import { requestFor } from '../../../shared/providers/job-requests.ts';
import { startScriptedUpstream } from '../../../support/scripted-upstream.ts';
import { apiKey, jobSeconds, simulate } from './simulate.ts';

/** Settings with which a provider speaks otherwise than without them. */
const otherSettings = [{ KIE_DIALECT: 'market' }];

it('simulate every provider there is, and no other', () => {
  expect([...simulatedDialects.keys()]).toEqual(providerDefinitions.map(({ name }) => name));
});

/** What the adapters say to the simulated providers, and the other way round. */
const pairs = providerDefinitions.flatMap((definition) => {
  const dialect = simulatedDialects.get(definition.name);
  if (dialect === undefined) return [];
  const others = otherSettings.filter((settings) =>
    definition.settingNames.includes(Object.keys(settings)[0] ?? ''),
  );
  return [{}, ...others].map((settings) => {
    const name = [definition.name, ...Object.values(settings)].join(' ');
    return { name, definition, dialect, settings };
  });
});

async function meet({ definition, dialect, settings }: (typeof pairs)[number]) {
  const { provider: server, clock } = await simulate({ dialect });
  const baseUrl = { [`${definition.name.toUpperCase()}_BASE_URL`]: server.url };
  const provider = definition.load({ ...settings, ...baseUrl });
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
      // One provider has no word for a job that waits.
      const waiting = expect.stringMatching(/^(queued|running)$/);
      expect(await provider.check(outcome.job, context)).toEqual({ kind: waiting });
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

describe.each(pairs)('the adapter of $name and its simulation', (pair) => {
  it('agree on whether there is a balance, and on how it is read', async () => {
    const { provider, context } = await meet(pair);

    expect(await provider.balance?.(context)).toEqual(
      pair.dialect.balance && { kind: 'read', microUsd: 100_000_000 },
    );
  });
});

describe.each(pairs)('the adapter of $name and its simulation', (pair) => {
  it('agree on whether a job can be canceled, and on when', async () => {
    const { server, provider, offer, context, clock } = await meet(pair);
    const outcome = await provider.submit(requestFor(offer), context);
    if (outcome.kind !== 'accepted') throw new Error(JSON.stringify(outcome));

    const [first, second] = [
      await provider.cancel?.(outcome.job, context),
      await provider.cancel?.(outcome.job, context),
    ];

    clock.advance(jobSeconds);
    const canCancel = pair.dialect.cancel !== undefined;
    const outcomes = canCancel ? ['canceled', 'not_canceled'] : [undefined, undefined];
    expect([first?.kind, second?.kind]).toEqual(outcomes);
    expect(server.jobs()).toMatchObject([{ status: canCancel ? 'failed' : 'succeeded' }]);
    const ended = { kind: 'failed', failure: { code: 'generation_failed', charged: 'no' } };
    if (canCancel) expect(await provider.check(outcome.job, context)).toMatchObject(ended);
  });
});

const pairsThatCallBack = pairs.filter(({ dialect }) => dialect.callbackMessage !== undefined);

describe.each(pairsThatCallBack)('the adapter of $name and its simulation', (pair) => {
  it('agree on the proof of a callback', async () => {
    const receiver = await startScriptedUpstream();
    onTestFinished(() => receiver.close());
    const challenges = pair.dialect.challenge === undefined ? [] : ['echo' as const];
    receiver.reply(...challenges);
    const { provider, offer, context, clock } = await meet(pair);
    const target = { url: `${receiver.url}/callback/secret`, proof: 'proof of ours' };
    const outcome = await provider.submit(requestFor(offer), context, target);
    clock.advance(jobSeconds);
    await vi.waitFor(() => expect(receiver.requests).toHaveLength(challenges.length + 1));

    const callback = receiver.requests.at(-1);
    const proof = callback?.headers['x-webhook-secret']?.toString();
    const claim = provider.verifyCallback?.(
      { headers: { 'x-webhook-secret': proof }, body: callback?.body ?? '' },
      target.proof,
    );

    expect(outcome).toMatchObject({ kind: 'accepted', job: { id: expect.any(String) } });
    expect(claim).toEqual({ kind: 'terminal', jobId: outcome.kind === 'accepted' && outcome.job.id });
  });
});
