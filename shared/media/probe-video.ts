import { VideoProbeError } from '../errors.ts';
import type { BoxHeader } from './mp4-boxes.ts';
import { type Mp4Facts, readMp4Index } from './mp4-index.ts';
import { createBoxWalker } from './mp4-walk.ts';

const maxIndexBytes = 8 * 1024 * 1024;

/** Reads an MP4 file that passes by once, in chunks of any size. */
interface VideoProbe {
  /** Throws VideoProbeError as soon as the bytes cannot belong to an MP4 video. */
  push(chunk: Uint8Array): void;
  /** Call it after the last byte. Throws VideoProbeError when the file is no complete video. */
  finish(): Mp4Facts;
}

/**
 * Walks the boxes and keeps only the index (`moov`, at most 8 MiB), which may stand before or after the film
 * (`mdat`). A fragmented file is refused: its index tells no duration.
 */
export function createVideoProbe(): VideoProbe {
  let box: BoxHeader | undefined;
  let index: Uint8Array[] = [];
  let facts: Mp4Facts | undefined;
  let isFilmComplete = false;

  const push = createBoxWalker({
    begin(header) {
      refuseUnexpected(header, box === undefined);
      box = header;
      if (header.type === 'mdat') isFilmComplete = header.payloadBytes === Number.POSITIVE_INFINITY;
    },
    payload(bytes) {
      if (box?.type === 'moov') index.push(Uint8Array.from(bytes));
    },
    end() {
      if (box?.type === 'mdat') isFilmComplete = true;
      if (box?.type !== 'moov') return;
      facts = readMp4Index(Buffer.concat(index));
      index = [];
    },
  });
  return { push, finish: () => requireComplete(facts, isFilmComplete) };
}

function refuseUnexpected({ type, payloadBytes }: BoxHeader, isFirst: boolean): void {
  if (isFirst && type !== 'ftyp') {
    throw new VideoProbeError('not_a_video', 'The file is no MP4 video: it does not begin with ftyp');
  }
  if (type === 'moov' && payloadBytes > maxIndexBytes) {
    throw new VideoProbeError(
      'not_a_video',
      `The index of the MP4 file is larger than ${maxIndexBytes} bytes`,
    );
  }
}

function requireComplete(facts: Mp4Facts | undefined, isFilmComplete: boolean): Mp4Facts {
  if (facts !== undefined && isFilmComplete) return facts;
  const missing = facts === undefined ? 'index' : 'film';
  throw new VideoProbeError('truncated', `The MP4 file ends before its ${missing} is complete`);
}
