import type { Violation, ViolationCode } from '../domain/quote.ts';
import { shorten } from '../domain/shown-text.ts';
import { type ImageFacts, type ImageRole, type ImageSource, imageRoles } from '../domain/video-request.ts';
import { ImageProbeError, NotFoundError, ResponseTooLargeError } from '../errors.ts';
import { sha256 } from '../ids.ts';
import { fetchImage, probeImageBytes, probeImageUrl } from '../media/probe-image.ts';
import type { SafeFetch } from '../media/safe-fetch.ts';
import { inputKey, type MediaStore } from '../storage/media-store.ts';
import type { ImageInput, OrderDraft } from './order-draft.ts';
import { isStored, notFound, type Owner, ownKey, type StoredInput } from './own-objects.ts';
import { isPlainHttp } from './plain-http.ts';
import { maxUploadBytes } from './uploads.ts';

export interface ImageDependencies {
  readonly media: MediaStore;
  readonly safeFetch: SafeFetch;
  /** Origins that may be fetched from and sent to although they are private or plain http. */
  readonly trustedOrigins: readonly string[];
}

/** An image whose facts are known, with its bytes where they must still be stored. */
interface ProbedImage {
  readonly source: ImageSource;
  readonly bytes?: Uint8Array;
}

export type ProbedImages = { readonly [Role in ImageRole]?: ProbedImage };

/** Looks at every image of an order. Stores nothing: the order may still be refused. */
export async function probeImages(
  { images, imageParams, takesHttp = false }: OrderDraft,
  account: string,
  dependencies: ImageDependencies,
): Promise<{ readonly probed: ProbedImages; readonly violations: readonly Violation[] }> {
  const probed: { [Role in ImageRole]?: ProbedImage } = {};
  const violations: Violation[] = [];
  const owner = { account, media: dependencies.media };
  const context = { ...dependencies, owner, takesHttp };
  const look = async (role: ImageRole, input: ImageInput) => {
    try {
      probed[role] = await probeImage(input, context);
    } catch (error) {
      const isMissing = error instanceof NotFoundError && isStored(input);
      const param = imageParams[role];
      violations.push(isMissing ? notFound(param, input, owner) : toViolation(param, input, error));
    }
  };
  await Promise.all(
    imageRoles.map((role) => {
      const input = images[role];
      return input && look(role, input);
    }),
  );
  return { probed, violations };
}

/** Stores the images that came as bytes, under keys made from their content. */
export async function storeImages(images: ProbedImages, media: MediaStore): Promise<void> {
  await Promise.all(
    Object.values(images).map(async ({ source, bytes }) => {
      if (source.kind !== 'stored' || bytes === undefined) return;
      await media.putObject(source.key, bytes, `image/${source.facts.format}`);
    }),
  );
}

interface ProbeContext extends Omit<ImageDependencies, 'media'> {
  readonly owner: Owner;
  readonly takesHttp: boolean;
}

async function probeImage(input: ImageInput, context: ProbeContext): Promise<ProbedImage> {
  const { owner, safeFetch } = context;
  switch (input.kind) {
    case 'url': {
      const { url } = input;
      if (context.takesHttp && isPlainHttp(url, context.trustedOrigins)) {
        // A provider may take https only, or be given another image: it gets what was measured.
        const { bytes, facts } = await fetchImage(url, safeFetch);
        return toStored(bytes, owner, facts);
      }
      return { source: { kind: 'url', url, facts: await probeImageUrl(url, safeFetch) } };
    }
    case 'bytes':
      return toStored(input.bytes, owner, probeImageBytes(input.bytes));
    case 'file':
    case 's3':
    case 'kept': {
      const bytes = await readStored(input, owner);
      return toStored(bytes, owner, probeImageBytes(bytes));
    }
  }
}

function toStored(bytes: Uint8Array, { account }: Owner, facts: ImageFacts): ProbedImage {
  return {
    source: { kind: 'stored', key: inputKey(account, sha256(bytes), facts.format), facts },
    bytes,
  };
}

/** Throws NotFoundError when the account has no such file, ResponseTooLargeError when it is too large. */
async function readStored(input: StoredInput, owner: Owner): Promise<Uint8Array> {
  const key = ownKey(input, owner);
  const bytes = key && (await owner.media.getBytes(key, { maxBytes: maxUploadBytes }));
  if (bytes instanceof Uint8Array) return bytes;
  throw new NotFoundError('The file');
}

/** A reason may name a host, which may be as long as its URL. */
const maxReasonLength = 300;

const probeCodes = {
  unreachable: 'image_unreachable',
  not_an_image: 'image_format',
  too_large: 'image_size',
} as const satisfies Record<ImageProbeError['reason'], ViolationCode>;

function toViolation(param: string, input: ImageInput, error: unknown): Violation {
  if (error instanceof ResponseTooLargeError) {
    const message = `${param} has more than the ${maxUploadBytes} bytes that are allowed`;
    return { param, code: 'image_size', message };
  }
  if (!(error instanceof ImageProbeError)) throw error;
  const origin = input.kind === 'url' ? ` from ${shorten(URL.parse(input.url)?.host ?? '')}` : '';
  return {
    param,
    code: probeCodes[error.reason],
    message: `${param}${origin}: ${shorten(error.message, maxReasonLength)}`,
  };
}
