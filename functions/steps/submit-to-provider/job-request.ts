import type { Task } from '../../../shared/domain/task.ts';
import type { ImageSource, VideoRequest, VideoSource } from '../../../shared/domain/video-request.ts';
import type { JobRequest } from '../../../shared/providers/provider.ts';

/** Makes a URL under which the provider can fetch a stored image for some hours. */
export type PresignInput = (key: string) => Promise<string>;

/** The order as the adapter sends it. Links to stored images are made now and stored nowhere. */
export async function toJobRequest(
  task: Task,
  request: VideoRequest,
  presignInput: PresignInput,
): Promise<JobRequest> {
  const link = async (source: ImageSource | VideoSource | undefined) =>
    source?.kind === 'stored' ? presignInput(source.key) : source?.url;
  const [firstFrameImageUrl, lastFrameImageUrl, subjectImageUrl, sourceVideoUrl] = await Promise.all(
    [request.firstFrameImage, request.lastFrameImage, request.subjectImage, request.sourceVideo].map(link),
  );
  return {
    nativeModel: task.nativeModel,
    operation: task.operation,
    ...(task.seconds !== undefined && { seconds: task.seconds }),
    ...(task.resolution !== undefined && { resolution: task.resolution }),
    ...(request.prompt !== undefined && { prompt: request.prompt }),
    ...(request.promptOptimizer !== undefined && { promptOptimizer: request.promptOptimizer }),
    ...(request.negativePrompt !== undefined && { negativePrompt: request.negativePrompt }),
    ...(request.seed !== undefined && { seed: request.seed }),
    ...(request.aspectRatio !== undefined && { aspectRatio: request.aspectRatio }),
    ...(sourceVideoUrl !== undefined && { sourceVideoUrl }),
    ...(firstFrameImageUrl !== undefined && { firstFrameImageUrl }),
    ...(lastFrameImageUrl !== undefined && { lastFrameImageUrl }),
    ...(subjectImageUrl !== undefined && { subjectImageUrl }),
  };
}
