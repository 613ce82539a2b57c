import type { OrderingDependencies } from '../../shared/ordering/place-order.ts';
import type { AccountStore } from '../../shared/storage/account-store.ts';
import type { RequestCounter } from '../../shared/storage/request-counter.ts';

/** All that the doors work with, made once per cold start. */
export interface DoorDependencies extends OrderingDependencies {
  readonly accounts: AccountStore;
  readonly requests: RequestCounter;
  /** The base of keyless links, without a trailing slash. */
  readonly publicUrl: string;
}
