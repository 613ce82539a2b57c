import { type BoxHeader, largeHeaderBytes, readBoxHeader } from './mp4-boxes.ts';

/** Told of each top-level box of a file in turn. */
interface BoxVisitor {
  begin(header: BoxHeader): void;
  /** The next bytes of the box that began last. */
  payload(bytes: Buffer): void;
  /** The box that began last is complete. */
  end(): void;
}

interface BoxWalker {
  /** Takes the next chunk, cut anywhere. Throws what the visitor throws, and on a box of an impossible size. */
  push(chunk: Uint8Array): void;
  /** Whether the last box, unless it reaches to the end of the file, lacks bytes. */
  isInsideBox(): boolean;
}

export function createBoxWalker(visitor: BoxVisitor): BoxWalker {
  let partialHeader = Buffer.alloc(0);
  let payloadLeft = 0;

  const takeHeader = (bytes: Buffer): Buffer => {
    const candidate = Buffer.concat([partialHeader, bytes.subarray(0, largeHeaderBytes)]);
    const header = readBoxHeader(candidate);
    if (header === undefined) {
      partialHeader = candidate;
      return bytes.subarray(bytes.length);
    }
    const rest = bytes.subarray(header.headerBytes - partialHeader.length);
    partialHeader = Buffer.alloc(0);
    payloadLeft = header.payloadBytes;
    visitor.begin(header);
    if (payloadLeft === 0) visitor.end();
    return rest;
  };
  const takePayload = (bytes: Buffer): Buffer => {
    const taken = Math.min(bytes.length, payloadLeft);
    visitor.payload(bytes.subarray(0, taken));
    payloadLeft -= taken;
    if (payloadLeft === 0) visitor.end();
    return bytes.subarray(taken);
  };
  return {
    push(chunk) {
      let rest: Buffer = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      while (rest.length > 0) rest = payloadLeft > 0 ? takePayload(rest) : takeHeader(rest);
    },
    isInsideBox: () => partialHeader.length > 0 || (payloadLeft > 0 && Number.isFinite(payloadLeft)),
  };
}
