import * as z from 'zod';
import { policies, type VideoRequest } from '../domain/video-request.ts';
import type { IssueParams } from './describe-issue.ts';

/** Who shall serve an order: the providers in this order, else a policy; neither means `auto`. */
type ProviderChoice = Pick<VideoRequest, 'providers' | 'policy'>;

const maxProviders = 10;

/** A policy, a name, or a list of names; a list may be a text with commas, because forms know only text. */
export const providerChoiceSchema = z
  .union([z.string().transform((text) => text.split(',')), z.array(z.string())])
  .transform((list, context): ProviderChoice => {
    const names = list.map((name) => name.trim().toLowerCase());
    const policy = policies.find((word) => names.length === 1 && names[0] === word);
    if (policy !== undefined) return policy === 'auto' ? {} : { policy };
    const given = faultOf(names);
    if (given === undefined) return { providers: names };
    const params: IssueParams = { given };
    context.addIssue({ code: 'custom', params });
    return z.NEVER;
  });

function faultOf(names: readonly string[]): string | undefined {
  if (names.length === 0) return 'an empty list';
  if (names.length > maxProviders) return `${names.length} names`;
  if (names.includes('')) return 'an empty name';
  if (new Set(names).size < names.length) return 'a name twice';
  return policies.some((word) => names.includes(word)) ? 'a policy among names' : undefined;
}

export const allowedProviders = `one of ${policies.join(', ')}, the name of a provider, or a list of 1 to ${maxProviders} different names`;
