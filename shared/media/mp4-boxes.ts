import { VideoProbeError } from '../errors.ts';

/** Where a box of ISO/IEC 14496-12 §4.2 begins and how long it is. */
export interface BoxHeader {
  /** Four characters. */
  readonly type: string;
  readonly headerBytes: number;
  /** Without the header; Infinity when the box reaches to the end of the file. */
  readonly payloadBytes: number;
}

const smallHeaderBytes = 8;
/** The most that `readBoxHeader` needs. */
export const largeHeaderBytes = 16;

/** The header at the start of `bytes`; undefined while it is not complete. Throws on an impossible size. */
export function readBoxHeader(bytes: Buffer): BoxHeader | undefined {
  if (bytes.length < smallHeaderBytes) return undefined;
  const type = bytes.toString('latin1', 4, 8);
  const size = bytes.readUInt32BE(0);
  if (size === 0) return { type, headerBytes: smallHeaderBytes, payloadBytes: Number.POSITIVE_INFINITY };
  if (size !== 1) return toHeader(type, smallHeaderBytes, size);
  if (bytes.length < largeHeaderBytes) return undefined;
  return toHeader(type, largeHeaderBytes, Number(bytes.readBigUInt64BE(8)));
}

/** The payloads of all boxes of `type` that lie directly in `bytes`. */
export function childBoxes(bytes: Buffer, type: string): Buffer[] {
  const found: Buffer[] = [];
  let rest = bytes;
  for (let header = readBoxHeader(rest); header !== undefined; header = readBoxHeader(rest)) {
    const end = header.headerBytes + header.payloadBytes;
    if (header.type === type) found.push(rest.subarray(header.headerBytes, end));
    rest = rest.subarray(end);
  }
  return found;
}

function toHeader(type: string, headerBytes: number, size: number): BoxHeader {
  if (size < headerBytes)
    throw new VideoProbeError('not_a_video', 'The MP4 file has a box of an impossible size');
  return { type, headerBytes, payloadBytes: size - headerBytes };
}
