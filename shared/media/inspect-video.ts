import { createHash } from 'node:crypto';
import type { Mp4Facts } from './mp4-index.ts';
import { createVideoProbe } from './probe-video.ts';

/** What is known about a video once it has passed by; no pixels and duration where its index is unreadable. */
export interface VideoFacts extends Partial<Mp4Facts> {
  readonly bytes: number;
  /** In hex. */
  readonly sha256: string;
}

interface VideoInspection {
  push(chunk: Uint8Array): void;
  finish(): VideoFacts;
}

/** Counts, hashes and probes a video that streams by. Throws VideoProbeError like the probe. */
export function inspectVideo(): VideoInspection {
  const hash = createHash('sha256');
  const probe = createVideoProbe();
  let bytes = 0;
  return {
    push(chunk) {
      probe.push(chunk);
      hash.update(chunk);
      bytes += chunk.length;
    },
    finish: () => ({ ...probe.finish(), bytes, sha256: hash.digest('hex') }),
  };
}
