import { JPG } from 'image-size/types/jpg';
import { PNG } from 'image-size/types/png';
import { WEBP } from 'image-size/types/webp';
import type { ImageFormat } from '../domain/video-request.ts';

interface Dimensions {
  readonly width: number;
  readonly height: number;
}

const readers = { jpeg: JPG, png: PNG, webp: WEBP } as const;

/** Behind the size in PNG and WebP, whose readers make up what is missing. No real image is shorter. */
const leastBytes = 30;

/** EXIF orientations from 5 on turn the picture by a quarter. */
const firstTurnedOrientation = 5;

/**
 * Width and height in pixels as the image is displayed, from its first bytes. Undefined when they do not lie
 * in there, which more bytes may change.
 */
export function readDimensions(format: ImageFormat, prefix: Uint8Array): Dimensions | undefined {
  if (prefix.length < leastBytes) return undefined;
  try {
    // image-size reads past the end of a view into whatever shares its buffer: give it a buffer of its own.
    const size = readers[format].calculate(new Uint8Array(prefix));
    if (!(size.width > 0 && size.height > 0)) return undefined;
    const isTurned = (size.orientation ?? 1) >= firstTurnedOrientation;
    return isTurned ? { width: size.height, height: size.width } : { width: size.width, height: size.height };
  } catch {
    return undefined;
  }
}
