import { isIP } from 'node:net';
import { shorten } from '../domain/shown-text.ts';
import { toOrigins } from '../media/checked-request.ts';
import { isPublicAddress } from '../media/public-address.ts';

/** It is kept with the order, or with the account's other endpoints. */
export const maxWebhookUrlLength = 2048;

interface WebhookUrlRules {
  /** Origins that may be private or plain http. */
  readonly trustedOrigins: readonly string[];
  /** Whether plain http will do, as in the documents of the providers' own APIs. */
  readonly takesHttp?: boolean;
}

/**
 * Why nothing can be sent to a URL, to complete "url"; undefined where that is to be seen. What a name leads to is
 * looked at when it is sent to, each time anew.
 */
export function webhookUrlFault(
  text: string,
  { trustedOrigins, takesHttp = false }: WebhookUrlRules,
): string | undefined {
  const rule = `must be an ${takesHttp ? 'http or https' : 'https'} URL`;
  const url = text.isWellFormed() ? URL.parse(text) : null;
  if (url === null) return rule;
  if (url.username !== '' || url.password !== '') return 'must hold no user name and no password';
  if (toOrigins(trustedOrigins).has(url.origin)) return undefined;
  if (url.protocol !== 'https:' && !(takesHttp && url.protocol === 'http:'))
    return `${rule}; got ${shorten(url.protocol)}//`;
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const isPrivate = isIP(host) === 0 ? isLocalName(host) : !isPublicAddress(host);
  return isPrivate ? `must lead to the public internet; got ${shorten(host)}` : undefined;
}

function isLocalName(host: string): boolean {
  return /^(.*\.)?localhost\.?$/.test(host);
}
