import { accountNamePattern } from '../../shared/storage/account-store.ts';

/** A file that somebody put into the inbox, by the parts of its key `inbox/<account>/<name>.<extension>`. */
export interface InboxFile {
  readonly account: string;
  /** May hold slashes; names the order and its answer in the outbox. */
  readonly name: string;
  readonly kind: 'order' | 'image';
}

const imageExtensions = ['png', 'jpg', 'jpeg', 'webp'] as const;
const keyPattern = /^inbox\/([^/]+)\/(.+)\.([A-Za-z]+)$/;

/** Undefined for what is no order and no image: folder markers, hidden files, anything else. */
export function parseInboxKey(key: string): InboxFile | undefined {
  const [, account = '', name = '', extension = ''] = keyPattern.exec(key) ?? [];
  if (!accountNamePattern.test(account) || name.split('/').some((part) => /^\.|^$/.test(part)))
    return undefined;
  const lower = extension.toLowerCase();
  if (lower === 'json') return { account, name, kind: 'order' };
  return imageExtensions.some((known) => known === lower) ? { account, name, kind: 'image' } : undefined;
}

export function orderKey({ account, name }: InboxFile): string {
  return `inbox/${account}/${name}.json`;
}

/** Where the image of an order may lie. */
export function imageKeys({ account, name }: InboxFile): string[] {
  return imageExtensions.flatMap((extension) =>
    [extension, extension.toUpperCase()].map((spelling) => `inbox/${account}/${name}.${spelling}`),
  );
}
