import { readdir, readFile, stat } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { createVideoMaker } from '../../../../infra/local/simulated-providers/video-maker.ts';
import { temporaryDirectory } from './simulate.ts';

const containers = new Set(['moov', 'trak', 'mdia', 'minf', 'stbl']);

/** All boxes of an mp4 by type, containers opened. */
function readBoxes(bytes: Buffer): Map<string, Buffer> {
  const boxes = new Map<string, Buffer>();
  let offset = 0;
  while (offset < bytes.length) {
    const size = bytes.readUInt32BE(offset);
    const type = bytes.toString('latin1', offset + 4, offset + 8);
    const content = bytes.subarray(offset + 8, offset + size);
    boxes.set(type, content);
    if (containers.has(type)) for (const [inner, box] of readBoxes(content)) boxes.set(inner, box);
    offset += size;
  }
  return boxes;
}

function requireBox(boxes: Map<string, Buffer>, type: string): Buffer {
  const box = boxes.get(type);
  if (box === undefined) throw new Error(`There is no ${type}`);
  return box;
}

function sampleSizes(stsz: Buffer): number[] {
  return Array.from({ length: stsz.readUInt32BE(8) }, (_, index) => stsz.readUInt32BE(12 + index * 4));
}

it.each([
  { width: 1280, height: 720, seconds: 6 },
  { width: 720, height: 1280, seconds: 2 },
])('makes an H.264 mp4 of $width × $height pixels and $seconds s', async (shape) => {
  const maker = createVideoMaker({ cacheDirectory: await temporaryDirectory() });

  const boxes = readBoxes(await readFile(await maker.make(shape)));

  const movie = requireBox(boxes, 'mvhd');
  expect(movie.readUInt32BE(16) / movie.readUInt32BE(12)).toBeCloseTo(shape.seconds, 1);
  const track = requireBox(boxes, 'tkhd');
  expect(track.readUInt32BE(track.length - 8) / 65_536).toBe(shape.width);
  expect(track.readUInt32BE(track.length - 4) / 65_536).toBe(shape.height);
  expect(requireBox(boxes, 'stsd').includes('avc1')).toBe(true);
});

it('draws a film: its frames are all there and differ from each other', async () => {
  const maker = createVideoMaker({ cacheDirectory: await temporaryDirectory() });

  const boxes = readBoxes(await readFile(await maker.make({ width: 320, height: 180, seconds: 2 })));

  const sizes = sampleSizes(requireBox(boxes, 'stsz'));
  expect(sizes).toHaveLength(20);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(requireBox(boxes, 'mdat').length);
  expect(new Set(sizes).size).toBeGreaterThan(10);
});

it('encodes once when the same shape is asked for twice, and keeps the file', async () => {
  const cacheDirectory = await temporaryDirectory();
  const shape = { width: 320, height: 180, seconds: 1 };
  const maker = createVideoMaker({ cacheDirectory });

  const [first, second] = await Promise.all([maker.make(shape), maker.make(shape)]);
  const made = await stat(first);
  const later = await createVideoMaker({ cacheDirectory }).make(shape);

  expect([second, later]).toEqual([first, first]);
  expect((await stat(later)).mtimeMs).toBe(made.mtimeMs);
  expect(await readdir(cacheDirectory)).toEqual(['320x180-1s.mp4']);
});
