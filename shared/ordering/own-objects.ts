import type { Violation } from '../domain/quote.ts';
import { quoted } from '../domain/shown-text.ts';
import { type MediaStore, uploadKey } from '../storage/media-store.ts';
import type { FileInput, ObjectInput } from './order-draft.ts';
import { isUploadId } from './uploads.ts';

/** An upload or an object of the bucket, as an order names it. */
export type StoredInput = FileInput | ObjectInput;

export function isStored<Input extends { readonly kind: string }>(
  input: Input,
): input is Extract<Input, StoredInput> {
  return input.kind === 'file' || input.kind === 's3';
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
  if (input.kind === 'file') return isUploadId(input.fileId) ? uploadKey(account, input.fileId) : undefined;
  const isOwn = folders.some((folder) => input.key.startsWith(`${folder}/${account}/`));
  // Whoever resolves dots in a link would leave the account's folder.
  const isPlain = input.key.split('/').every((part) => !/^\.{0,2}$/.test(part));
  return input.bucket === media.bucket && isOwn && isPlain ? input.key : undefined;
}

/** Foreign files are not found either, so that nobody can tell which there are. */
export function notFound(param: string, input: StoredInput, { account, media }: Owner): Violation {
  const own = folders.map((folder) => `s3://${media.bucket}/${folder}/${account}/`).join(', ');
  const [what, hint] =
    input.kind === 'file'
      ? [`file ${quoted(input.fileId)}`, 'POST /v1/uploads makes one, a PUT of the bytes fills it']
      : [`object ${quoted(`s3://${input.bucket}/${input.key}`)}`, `an order can name what lies under ${own}`];
  return { param, code: 'file_not_found', message: `${param}: The ${what} does not exist; ${hint}` };
}
