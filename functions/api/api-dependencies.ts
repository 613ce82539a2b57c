import type { SFNClient } from '@aws-sdk/client-sfn';
import type { Pause } from '../../shared/clock.ts';
import type { Caller } from '../../shared/http/authenticate.ts';
import type { HttpEvent } from '../../shared/http/http-event.ts';
import type { OrderingDependencies } from '../../shared/ordering/place-order.ts';
import type { WebhookTools } from '../../shared/ordering/webhook-tools.ts';
import type { Provider } from '../../shared/providers/provider.ts';
import type { AccountStore } from '../../shared/storage/account-store.ts';
import type { QueueStore } from '../../shared/storage/queue-store.ts';
import type { RequestCounter } from '../../shared/storage/request-counter.ts';

/** All that the endpoints work with, made once per cold start. */
export interface ApiDependencies extends OrderingDependencies {
  readonly accounts: AccountStore;
  /** The enabled ones, as far as they can be shown. */
  readonly providers: ReadonlyMap<string, ListedProvider>;
  readonly queue: QueueStore;
  readonly requests: RequestCounter;
  readonly executions: SFNClient;
  readonly webhooks: WebhookTools;
  readonly pause: Pause;
  /** The base of keyless links, without a trailing slash. */
  readonly publicUrl: string;
}

export type ListedProvider = Pick<Provider, 'name' | 'limits' | 'offers' | 'cancel'>;

/** A request whose path and query parameters were parsed. */
export interface ApiRequest<Parameters = unknown> {
  readonly event: HttpEvent;
  readonly parameters: Parameters;
}

/** A request of a known account. */
export interface AccountRequest<Parameters = unknown> extends ApiRequest<Parameters>, Caller {}
