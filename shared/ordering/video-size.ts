import type { Task } from '../domain/task.ts';
import type { VideoRequest } from '../domain/video-request.ts';
import type { QuotableRequest } from '../routing/quotable-request.ts';

/**
 * Pixels of a task's video as `WIDTHxHEIGHT`: measured once it is completed, before that what is to be
 * expected. A video that starts or ends with an image has the image's shape, else that of the aspect ratio.
 */
export function videoSize(task: Task, request: VideoRequest): string {
  if (task.state === 'completed' && task.result?.width !== undefined) {
    return `${task.result.width}x${task.result.height}`;
  }
  return expectedSize(request, task) ?? '';
}

/** Pixels that a variant would give an order; absent where nobody knows. */
export function expectedSize(
  request: QuotableRequest,
  { resolution, size }: Partial<Pick<Task, 'resolution' | 'size'>>,
): string | undefined {
  const shape = shapeOf(request);
  if (shape === undefined || resolution === undefined) return size;
  const { width, height } = shape;
  const scale = Number.parseInt(resolution, 10) / Math.min(width, height);
  return `${toEven(width * scale)}x${toEven(height * scale)}`;
}

function shapeOf({ firstFrameImage, lastFrameImage, aspectRatio }: QuotableRequest) {
  const frame = firstFrameImage ?? lastFrameImage;
  if (frame !== undefined) return frame.facts;
  const [width, height] = (aspectRatio ?? '').split(':').map(Number);
  return width && height ? { width, height } : undefined;
}

function toEven(pixels: number): number {
  return Math.round(pixels / 2) * 2;
}
