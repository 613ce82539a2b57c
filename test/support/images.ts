import { crc32, deflateSync } from 'node:zlib';

interface ImageShape {
  readonly width: number;
  readonly height: number;
}

/** A real PNG of one colour. */
export function createPng({ width, height }: ImageShape): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const row = Buffer.alloc(1 + width * 3, 0x60).fill(0, 0, 1);
  const pixels = deflateSync(Buffer.concat(Array.from({ length: height }, () => row)));
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    toPngChunk('IHDR', header),
    toPngChunk('IDAT', pixels),
    toPngChunk('IEND', Buffer.alloc(0)),
  ]);
}

function toPngChunk(type: string, content: Buffer): Buffer {
  const typed = Buffer.concat([Buffer.from(type), content]);
  return Buffer.concat([toUint32(content.length), typed, toUint32(crc32(typed))]);
}

function toUint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** A real grey baseline JPEG; `orientation` (1–8) is written as EXIF. */
export function createJpeg(shape: ImageShape & { readonly orientation?: number }): Buffer {
  const frame = Buffer.from('080000000001011100', 'hex');
  frame.writeUInt16BE(shape.height, 1);
  frame.writeUInt16BE(shape.width, 3);
  const onlyOneCode = Buffer.concat([Buffer.from([1]), Buffer.alloc(16)]);
  return Buffer.concat([
    Buffer.from('ffd8', 'hex'),
    shape.orientation === undefined ? Buffer.alloc(0) : toJpegSegment(0xe1, toExif(shape.orientation)),
    toJpegSegment(0xdb, Buffer.concat([Buffer.from([0]), Buffer.alloc(64, 1)])),
    toJpegSegment(0xc0, frame),
    toJpegSegment(0xc4, Buffer.concat([Buffer.from([0x00]), onlyOneCode])),
    toJpegSegment(0xc4, Buffer.concat([Buffer.from([0x10]), onlyOneCode])),
    toJpegSegment(0xda, Buffer.from('010100003f00', 'hex')),
    toGreyScan(shape),
    Buffer.from('ffd9', 'hex'),
  ]);
}

function toJpegSegment(marker: number, content: Buffer): Buffer {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(content.length + 2, 2);
  return Buffer.concat([head, content]);
}

/** With one-bit codes every block of 8×8 is "no difference, end of block": two zero bits. */
function toGreyScan({ width, height }: ImageShape): Buffer {
  const bits = Math.ceil(width / 8) * Math.ceil(height / 8) * 2;
  const scan = Buffer.alloc(Math.ceil(bits / 8));
  const spareBits = scan.length * 8 - bits;
  scan[scan.length - 1] = 2 ** spareBits - 1;
  return scan;
}

function toExif(orientation: number): Buffer {
  const exif = Buffer.from('4578696600004d4d002a00000008000101120003000000010000000000000000', 'hex');
  exif.writeUInt16BE(orientation, 24);
  return exif;
}

/** A real lossless WebP of one colour. */
export function createWebp({ width, height }: ImageShape): Buffer {
  const webp = Buffer.from('UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==', 'base64');
  const alphaBit = 2 ** 28;
  webp.writeUInt32LE(width - 1 + (height - 1) * 2 ** 14 + alphaBit, 21);
  return webp;
}

/** A real GIF of one pixel, for checks that refuse the format. */
export function createGif(): Buffer {
  return Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');
}
