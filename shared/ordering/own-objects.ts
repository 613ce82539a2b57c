import type { Violation } from '../domain/quote.ts';
import { quoted } from '../domain/shown-text.ts';
import { type MediaStore, uploadKey } from '../storage/media-store.ts';
import type { FileInput, KeptInput, ObjectInput } from './order-draft.ts';
import { isUploadId } from './uploads.ts';

/** What an order names of the bucket: an upload, an object, or what an earlier order was made from. */
export type StoredInput = FileInput | ObjectInput | KeptInput;

export function isStored<Input extends { readonly kind: string }>(
  input: Input,
): input is Extract<Input, StoredInput> {
  return input.kind === 'file' || input.kind === 's3' || input.kind === 'kept';
}

/** Whose order it is, and the bucket with the files of all accounts. */
export interface Owner {
  readonly account: string;
  readonly media: MediaStore;
}

/** Folders of the bucket in which each account has its own. */
const folders = ['inbox', 'outbox', 'inputs'] as const;

/** The key of what an order names; absent for what can be no file of the account. */
export function ownKey(input: StoredInput, { account, media }: Owner): string | undefined {
  // It was judged when the earlier order was placed.
  if (input.kind === 'kept') return input.key;
  if (input.kind === 'file') return isUploadId(input.fileId) ? uploadKey(account, input.fileId) : undefined;
  const isOwn = folders.some((folder) => input.key.startsWith(`${folder}/${account}/`));
  // Whoever resolves dots in a link would leave the account's folder.
  const isPlain = input.key.split('/').every((part) => !/^\.{0,2}$/.test(part));
  return input.bucket === media.bucket && isOwn && isPlain ? input.key : undefined;
}

/** Foreign files are not found either, so that nobody can tell which there are. */
export function notFound(param: string, input: StoredInput, { account, media }: Owner): Violation {
  if (input.kind === 'kept') return { param, code: 'file_not_found', message: `${param}: ${expired}` };
  const own = folders.map((folder) => `s3://${media.bucket}/${folder}/${account}/`).join(', ');
  const [what, hint] =
    input.kind === 'file'
      ? [`file ${quoted(input.fileId)}`, 'POST /v1/uploads makes one, a PUT of the bytes fills it']
      : [`object ${quoted(`s3://${input.bucket}/${input.key}`)}`, `an order can name what lies under ${own}`];
  return { param, code: 'file_not_found', message: `${param}: The ${what} does not exist; ${hint}` };
}

const expired =
  'The file that the order was made from is expired and was removed; place a new order, with the file';
