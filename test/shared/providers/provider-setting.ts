import type { JobProgress, SubmitOutcome } from '../../../shared/domain/job-progress.ts';
import type { Provider, ProviderContext, ProviderDefinition } from '../../../shared/providers/provider.ts';
import { upstreamHttp } from '../../../shared/providers/upstream-http.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { type Reply, type ScriptedUpstream, startScriptedUpstream } from '../../support/scripted-upstream.ts';
import { requestFor } from './job-requests.ts';

/** How a provider says things, for the contract suite. Bodies are JSON texts. */
export interface ProviderDialect {
  readonly definition: ProviderDefinition;
  /** The answer to a create; `idJson` is the id as it stands in the JSON, with or without quotes. */
  created(idJson: string): string;
  refused(status: number, text: string): string;
  /** The answer to a look at a job that has not ended. */
  looked(status: string): string;
  readonly words: { readonly queued: readonly string[]; readonly running: readonly string[] };
  /** The answers to the requests of one look at a job that succeeded. */
  readonly succeeded: readonly string[];
  readonly succeededWithoutUrl: readonly (readonly string[])[];
  failed(text: string): string;
}

export const apiKey = 'the-secret-key-of-the-test';
export const longId = '1896852590888419329';
export const html = { headers: { 'content-type': 'text/html' }, body: '<html>Bad gateway</html>' };

/** A provider whose upstream says what a test tells it to. */
export interface Setting {
  readonly dialect: ProviderDialect;
  readonly upstream: ScriptedUpstream;
  readonly provider: Provider;
  submit(reply: Reply): Promise<SubmitOutcome>;
  check(...replies: Reply[]): Promise<JobProgress>;
}

export function contextWith(signal: AbortSignal): ProviderContext {
  return { apiKey, http: upstreamHttp, clock: createManualClock(), signal };
}

export const unhurried = () => contextWith(new AbortController().signal);

/** The first offer of the provider, ordered. */
export function firstOrder(provider: Provider) {
  const offer = provider.offers[0];
  if (offer === undefined) throw new Error(`${provider.name} has no offers`);
  return requestFor(offer);
}

export async function startSetting(dialect: ProviderDialect): Promise<Setting> {
  const upstream = await startScriptedUpstream();
  const provider = dialect.definition.load({ [variableOf(dialect, 'BASE_URL')]: upstream.url });
  return {
    dialect,
    upstream,
    provider,
    submit(reply) {
      upstream.reply(reply);
      return provider.submit(firstOrder(provider), unhurried());
    },
    check(...replies) {
      upstream.reply(...replies);
      return provider.check({ id: longId, route: 'a-route' }, unhurried());
    },
  };
}

export function variableOf({ definition }: ProviderDialect, setting: string): string {
  return `${definition.name.toUpperCase()}_${setting}`;
}
