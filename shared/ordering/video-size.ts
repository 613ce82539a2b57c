import type { Task } from '../domain/task.ts';
import type { VideoRequest } from '../domain/video-request.ts';

/**
 * Pixels of a task's video as `WIDTHxHEIGHT`: measured once it is completed, before that what is to be
 * expected. A video that starts or ends with an image has the image's shape, else that of the aspect ratio.
 */
export function videoSize(task: Task, request: VideoRequest): string {
  if (task.state === 'completed' && task.result?.width !== undefined) {
    return `${task.result.width}x${task.result.height}`;
  }
  const shape = shapeOf(request);
  if (shape === undefined || task.resolution === undefined) return task.size ?? '';
  const { width, height } = shape;
  const scale = Number.parseInt(task.resolution, 10) / Math.min(width, height);
  return `${toEven(width * scale)}x${toEven(height * scale)}`;
}

function shapeOf({ firstFrameImage, lastFrameImage, aspectRatio }: VideoRequest) {
  const frame = firstFrameImage ?? lastFrameImage;
  if (frame !== undefined) return frame.facts;
  const [width, height] = (aspectRatio ?? '').split(':').map(Number);
  return width && height ? { width, height } : undefined;
}

function toEven(pixels: number): number {
  return Math.round(pixels / 2) * 2;
}
