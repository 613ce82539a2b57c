import { promptFor } from '../../../shared/domain/camera-moves.ts';
import { findOffer, type Offer } from '../../../shared/domain/offer.ts';
import type { Task } from '../../../shared/domain/task.ts';
import type { ImageSource, VideoRequest } from '../../../shared/domain/video-request.ts';
import { isLoopback } from '../../../shared/loopback.ts';
import type { JobRequest, Provider } from '../../../shared/providers/provider.ts';

/** What a job request is made with. */
export interface JobInputs {
  readonly providers: ReadonlyMap<string, Pick<Provider, 'baseUrl' | 'offers'>>;
  /** Makes a URL under which the provider can fetch a stored file for some hours. */
  readonly presignInput: (key: string) => Promise<string>;
  /** The bytes of a stored image; undefined when it is gone. */
  readonly readInput: (key: string) => Promise<Uint8Array | undefined>;
}

/** The order as the adapter sends it. Links to stored files are made now and stored nowhere. */
export async function toJobRequest(
  task: Task,
  request: VideoRequest,
  inputs: JobInputs,
): Promise<JobRequest> {
  const provider = inputs.providers.get(task.provider);
  const offer = provider && findOffer(provider.offers, task);
  const { prompt } = request;
  return {
    nativeModel: task.nativeModel,
    operation: task.operation,
    ...(task.seconds !== undefined && { seconds: task.seconds }),
    ...(task.resolution !== undefined && { resolution: task.resolution }),
    ...(prompt !== undefined && { prompt: promptFor(offer ?? {}, prompt) }),
    ...(request.promptOptimizer !== undefined && { promptOptimizer: request.promptOptimizer }),
    ...(request.negativePrompt !== undefined && { negativePrompt: request.negativePrompt }),
    ...(request.seed !== undefined && { seed: request.seed }),
    ...(request.aspectRatio !== undefined && { aspectRatio: request.aspectRatio }),
    ...(request.guidanceScale !== undefined && { guidanceScale: request.guidanceScale }),
    ...(await toSourceUrls(request, {
      ...inputs,
      takesBytes: provider && offer && takesBytes(provider, offer),
    })),
  };
}

/** Whether images may travel in the order itself to a provider that cannot follow a link to this machine. */
function takesBytes({ baseUrl }: Pick<Provider, 'baseUrl'>, { image }: Offer): boolean {
  return image?.takesDataUrls === true && !isLoopback(baseUrl);
}

type SourceInputs = Omit<JobInputs, 'providers'> & { readonly takesBytes: boolean | undefined };

async function toSourceUrls(request: VideoRequest, inputs: SourceInputs) {
  const { sourceVideo } = request;
  const [firstFrameImageUrl, lastFrameImageUrl, subjectImageUrl, sourceVideoUrl] = await Promise.all([
    toImageUrl(request.firstFrameImage, inputs),
    toImageUrl(request.lastFrameImage, inputs),
    toImageUrl(request.subjectImage, inputs),
    sourceVideo?.kind === 'stored' ? inputs.presignInput(sourceVideo.key) : sourceVideo?.url,
  ]);
  return {
    ...(sourceVideoUrl !== undefined && { sourceVideoUrl }),
    ...(firstFrameImageUrl !== undefined && { firstFrameImageUrl }),
    ...(lastFrameImageUrl !== undefined && { lastFrameImageUrl }),
    ...(subjectImageUrl !== undefined && { subjectImageUrl }),
  };
}

async function toImageUrl(
  image: ImageSource | undefined,
  { presignInput, readInput, takesBytes }: SourceInputs,
): Promise<string | undefined> {
  if (image?.kind !== 'stored') return image?.url;
  const link = await presignInput(image.key);
  const bytes = takesBytes === true && isLoopback(link) ? await readInput(image.key) : undefined;
  if (bytes === undefined) return link;
  return `data:image/${image.facts.format};base64,${Buffer.from(bytes).toString('base64')}`;
}
