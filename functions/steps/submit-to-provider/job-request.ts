import type { Task } from '../../../shared/domain/task.ts';
import type { ImageSource, VideoRequest } from '../../../shared/domain/video-request.ts';
import type { JobRequest } from '../../../shared/providers/provider.ts';

/** Makes a URL under which the provider can fetch a stored image for some hours. */
export type PresignInput = (key: string) => Promise<string>;

/** The order as the adapter sends it. Links to stored images are made now and stored nowhere. */
export async function toJobRequest(
  task: Task,
  request: VideoRequest,
  presignInput: PresignInput,
): Promise<JobRequest> {
  const link = async (image: ImageSource | undefined) =>
    image?.kind === 'stored' ? presignInput(image.key) : image?.url;
  const [firstFrameImageUrl, lastFrameImageUrl, subjectImageUrl] = await Promise.all(
    [request.firstFrameImage, request.lastFrameImage, request.subjectImage].map(link),
  );
  return {
    nativeModel: task.nativeModel,
    operation: task.operation,
    seconds: task.seconds,
    resolution: task.resolution,
    ...(request.prompt !== undefined && { prompt: request.prompt }),
    ...(request.promptOptimizer !== undefined && { promptOptimizer: request.promptOptimizer }),
    ...(firstFrameImageUrl !== undefined && { firstFrameImageUrl }),
    ...(lastFrameImageUrl !== undefined && { lastFrameImageUrl }),
    ...(subjectImageUrl !== undefined && { subjectImageUrl }),
  };
}
