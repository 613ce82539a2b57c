import { AwsServiceError } from '../aws-service-error.ts';

export interface PageRequest {
  /** 100 when absent or 0. */
  readonly maxResults?: number;
  /** The key of the last item seen. */
  readonly nextToken?: string;
}

interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextToken?: string;
}

/** The items after the one that `nextToken` names, so that items added meanwhile shift nothing. */
export function takePage<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
  { maxResults, nextToken }: PageRequest,
): Page<Item> {
  const seen = nextToken === undefined ? -1 : items.findIndex((item) => keyOf(item) === nextToken);
  if (nextToken !== undefined && seen < 0) throw new AwsServiceError('InvalidToken', 'Invalid Token');
  const end = seen + 1 + (maxResults || 100);
  const page = items.slice(seen + 1, end);
  const last = page.at(-1);
  return { items: page, ...(last === undefined || end >= items.length ? {} : { nextToken: keyOf(last) }) };
}
