import { createH264MP4Encoder } from 'h264-mp4-encoder';
import { describe, expect, it } from 'vitest';
import { createVideoProbe } from '../../../shared/media/probe-video.ts';
import { createBox, createFilm, createIndex } from './films.ts';

const kind = createBox('ftyp', Buffer.from('isom\0\0\x02\0isommp41'));
const content = createBox('mdat', Buffer.alloc(100));

function probe(file: Uint8Array, chunkBytes = file.length) {
  const video = createVideoProbe();
  for (let at = 0; at < file.length; at += chunkBytes) video.push(file.subarray(at, at + chunkBytes));
  return video.finish();
}

async function encodeFilm(): Promise<Uint8Array> {
  const encoder = await createH264MP4Encoder();
  Object.assign(encoder, { width: 320, height: 180, frameRate: 10, groupOfPictures: 1 });
  encoder.initialize();
  for (let frame = 0; frame < 20; frame += 1)
    encoder.addFrameRgba(new Uint8Array(320 * 180 * 4).fill(frame * 10));
  encoder.finalize();
  return encoder.FS.readFile(encoder.outputFilename);
}

describe('createVideoProbe', () => {
  it('reads pixels and duration of a film that an encoder made', async () => {
    expect(probe(await encodeFilm())).toEqual({ width: 320, height: 180, durationSeconds: 2 });
  });

  it.each([
    ['the index comes first', createFilm()],
    ['the index comes last', createFilm({ isIndexLast: true })],
    ['times have 64 bits', createFilm({ version: 1 })],
    ['the film has a 64-bit size', createFilm({ isFilmLarge: true, isIndexLast: true })],
  ])('reads pixels and duration when %s', (_when, file) => {
    expect(probe(file)).toEqual({ width: 1280, height: 720, durationSeconds: 6 });
  });

  it.each([1, 3, 7, 16, 17])('reads the same from chunks of %i bytes', (chunkBytes) => {
    const file = createFilm({ isFilmLarge: true, isIndexLast: true, filmBytes: 100 });

    expect(probe(file, chunkBytes)).toEqual({ width: 1280, height: 720, durationSeconds: 6 });
  });

  it('takes a last box without a size as reaching to the end', () => {
    const endless = Buffer.concat([Buffer.from('\0\0\0\0mdat'), Buffer.alloc(100)]);

    expect(probe(Buffer.concat([kind, createIndex(), endless]))).toMatchObject({ durationSeconds: 6 });
  });

  it.each([
    ['an HTML page', Buffer.from('<!doctype html><title>Sign in</title>')],
    ['a JSON document', Buffer.from('{"code":404,"message":"gone"}')],
    ['a file that does not begin with ftyp', createIndex()],
    ['a box of an impossible size', Buffer.concat([kind, Buffer.from('\0\0\0\x07moov')])],
  ])('refuses %s', (_what, file) => {
    expect(() => probe(file)).toThrow(expect.objectContaining({ reason: 'not_a_video' }));
  });

  it.each([
    ['an index without a video track', Buffer.concat([kind, createIndex({ width: 0, height: 0 }), content])],
    ['an index without a duration', Buffer.concat([kind, createIndex({ seconds: 0 }), content])],
    [
      'an index whose boxes are cut short',
      Buffer.concat([kind, createBox('moov', createBox('mvhd', Buffer.alloc(9)))]),
    ],
    ['an empty index', Buffer.concat([kind, createBox('moov'), content])],
    ['an index above 8 MiB', Buffer.concat([kind, createBox('moov', Buffer.alloc(8 * 1024 * 1024 + 1))])],
    ['no index', Buffer.concat([kind, content])],
  ])('takes a whole file with %s for a video of unknown shape', (_what, file) => {
    expect(probe(file)).toBeUndefined();
  });

  it('refuses at the first bytes, before the rest came', () => {
    expect(() => createVideoProbe().push(Buffer.from('<!doctype html>'))).toThrow('does not begin with ftyp');
  });

  it.each([
    ['nothing came', Buffer.alloc(0)],
    ['the film is cut', createFilm().subarray(0, -1)],
    ['the index is cut', createFilm({ isIndexLast: true }).subarray(0, -1)],
    ['a header is cut', createFilm({ isIndexLast: true }).subarray(0, kind.length + 3)],
  ])('tells a truncated file when %s', (_when, file) => {
    expect(() => probe(file)).toThrow(expect.objectContaining({ reason: 'truncated' }));
  });
});
