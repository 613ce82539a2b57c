import { VideoProbeError } from '../errors.ts';
import { childBoxes } from './mp4-boxes.ts';

/** What the index of a video tells. */
export interface Mp4Facts {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  readonly durationSeconds: number;
}

/** No film is longer: such a number is damaged, or says that nobody knows. */
const longestSeconds = 1e6;

interface FieldOffsets {
  readonly timescale: number;
  readonly duration: number;
  readonly width: number;
}

/** ISO/IEC 14496-12 §8.2.2 (mvhd) and §8.3.2 (tkhd): version 1 has 64-bit times. */
const offsetsOfVersion: readonly [FieldOffsets, FieldOffsets] = [
  { timescale: 12, duration: 16, width: 76 },
  { timescale: 20, duration: 24, width: 88 },
];

/** Reads the payload of a `moov` box; undefined when it names no duration (fragmented files) or no picture. */
export function readMp4Index(moov: Buffer): Mp4Facts | undefined {
  try {
    const [movie] = childBoxes(moov, 'mvhd');
    const tracks = childBoxes(moov, 'trak').flatMap((track) => childBoxes(track, 'tkhd'));
    const picture = tracks.map(readSize).find(({ width, height }) => width > 0 && height > 0);
    const durationSeconds = movie === undefined ? 0 : readDurationSeconds(movie);
    if (picture !== undefined && durationSeconds > 0) return { ...picture, durationSeconds };
  } catch (error) {
    if (!(error instanceof RangeError || error instanceof VideoProbeError)) throw error;
  }
  return undefined;
}

function readDurationSeconds(movie: Buffer): number {
  const at = offsetsOf(movie);
  const duration = isLong(movie)
    ? Number(movie.readBigUInt64BE(at.duration))
    : movie.readUInt32BE(at.duration);
  const timescale = movie.readUInt32BE(at.timescale);
  const seconds = duration / timescale;
  // All ones mean that the duration is not known.
  return seconds < longestSeconds ? seconds : 0;
}

/** Sides are 16.16 fixed-point numbers. */
function readSize(track: Buffer): { width: number; height: number } {
  const { width } = offsetsOf(track);
  return { width: track.readUInt16BE(width), height: track.readUInt16BE(width + 4) };
}

function offsetsOf(box: Buffer): FieldOffsets {
  return offsetsOfVersion[isLong(box) ? 1 : 0];
}

function isLong(box: Buffer): boolean {
  return box.readUInt8(0) === 1;
}
