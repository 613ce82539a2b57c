import type { OrderingDependencies } from '../../shared/ordering/place-order.ts';
import type { ApiKey } from '../../shared/storage/account-items.ts';
import type { AccountStore } from '../../shared/storage/account-store.ts';

/** All that the doors work with, made once per cold start. */
export interface DoorDependencies extends OrderingDependencies {
  readonly accounts: AccountStore;
  /** The base of keyless links, without a trailing slash. */
  readonly publicUrl: string;
}

/** Who knocks: the account, its key and what the key is set to. */
export type Caller = Pick<ApiKey, 'account' | 'keyId' | 'providerChoice' | 'door'>;
