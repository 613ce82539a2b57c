import { VideoProbeError } from '../errors.ts';
import type { BoxHeader } from './mp4-boxes.ts';
import { type Mp4Facts, readMp4Index } from './mp4-index.ts';
import { createBoxWalker } from './mp4-walk.ts';

const maxIndexBytes = 8 * 1024 * 1024;

/** Reads an MP4 file that passes by once, in chunks of any size. */
interface VideoProbe {
  /** Throws VideoProbeError as soon as the bytes cannot be the beginning of an MP4 video. */
  push(chunk: Uint8Array): void;
  /** Call it after the last byte. Throws VideoProbeError when the file ends inside a box. */
  finish(): Mp4Facts | undefined;
}

/**
 * Walks the boxes and keeps only the index (`moov`, at most 8 MiB), which may stand before or after the film.
 * The first box must be `ftyp`. A video whose index cannot be read is a video all the same: it was paid for.
 */
export function createVideoProbe(): VideoProbe {
  let box: BoxHeader | undefined;
  let index: Uint8Array[] = [];
  let facts: Mp4Facts | undefined;
  const walk = createBoxWalker({
    begin(header) {
      if (box === undefined && header.type !== 'ftyp') throw new VideoProbeError('not_a_video', notMp4);
      box = header;
    },
    payload(bytes) {
      if (box !== undefined && isReadableIndex(box)) index.push(Uint8Array.from(bytes));
    },
    end() {
      if (box === undefined || !isReadableIndex(box)) return;
      facts = readMp4Index(Buffer.concat(index));
      index = [];
    },
  });
  return {
    push: walk.push,
    finish() {
      if (box === undefined || walk.isInsideBox()) throw new VideoProbeError('truncated', endsInsideBox);
      return facts;
    },
  };
}

function isReadableIndex({ type, payloadBytes }: BoxHeader): boolean {
  return type === 'moov' && payloadBytes <= maxIndexBytes;
}

const notMp4 = 'The file is no MP4 video: it does not begin with ftyp';
const endsInsideBox = 'The MP4 file ends inside a box';
