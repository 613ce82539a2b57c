import { ConchError } from '../errors.ts';
import { type ApiKey, isCounted } from '../storage/account-items.ts';
import type { AccountStore } from '../storage/account-store.ts';
import type { HttpEvent } from './http-event.ts';

/** Who sends a request: the account, the API key that it came with, and what the key is set to. */
export interface Caller
  extends Pick<ApiKey, 'account' | 'keyId' | 'providerChoice' | 'door' | 'requestsPerMinute'> {
  /** Whether orders are counted for the key, as its limits ask for. */
  readonly isKeyCounted: boolean;
}

/** Whose API key a request has. Throws `missing_key` and `invalid_key`. */
export async function authenticate(
  headers: HttpEvent['headers'],
  accounts: Pick<AccountStore, 'findKey'>,
): Promise<Caller> {
  const bearer = /^Bearer +(\S+)$/i.exec(headers['authorization'] ?? '')?.[1];
  const text = bearer ?? headers['x-api-key'];
  if (text === undefined || text === '') {
    throw new ConchError('missing_key', 'Send an API key as "Authorization: Bearer …" or "x-api-key: …"');
  }
  const key = await accounts.findKey(text);
  if (key === undefined) throw new ConchError('invalid_key', 'The API key is unknown or was revoked');
  const { account, keyId, providerChoice, door, requestsPerMinute } = key;
  return { account, keyId, providerChoice, door, requestsPerMinute, isKeyCounted: isCounted(key) };
}
