import { ConchError } from '../errors.ts';
import type { ApiKey } from '../storage/account-items.ts';
import type { AccountStore } from '../storage/account-store.ts';
import type { HttpEvent } from './http-event.ts';

/** The API key of a request, and the account behind it. Throws `missing_key` and `invalid_key`. */
export async function authenticate(
  headers: HttpEvent['headers'],
  accounts: Pick<AccountStore, 'findKey'>,
): Promise<Pick<ApiKey, 'account' | 'keyId' | 'providerChoice' | 'door'>> {
  const bearer = /^Bearer +(\S+)$/i.exec(headers['authorization'] ?? '')?.[1];
  const text = bearer ?? headers['x-api-key'];
  if (text === undefined || text === '') {
    throw new ConchError('missing_key', 'Send an API key as "Authorization: Bearer …" or "x-api-key: …"');
  }
  const key = await accounts.findKey(text);
  if (key === undefined) throw new ConchError('invalid_key', 'The API key is unknown or was revoked');
  return key;
}
