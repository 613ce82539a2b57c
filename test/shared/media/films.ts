interface Film {
  readonly width?: number;
  readonly height?: number;
  readonly seconds?: number;
  /** Of `mvhd` and `tkhd`: 1 has 64-bit times. */
  readonly version?: 0 | 1;
  readonly isIndexLast?: boolean;
  readonly filmBytes?: number;
  /** Whether the film's box has a 64-bit size. */
  readonly isFilmLarge?: boolean;
}

/** A box of ISO/IEC 14496-12. */
export function createBox(type: string, ...payload: Buffer[]): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(8 + payload.reduce((sum, part) => sum + part.length, 0));
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, ...payload]);
}

/** The frame of an MP4 file: true boxes, with noise in place of the film. */
export function createFilm(film: Film = {}): Buffer {
  const index = createIndex(film);
  const content = Buffer.alloc(film.filmBytes ?? 1_000, 0x5a);
  const box = film.isFilmLarge === true ? createLargeBox('mdat', content) : createBox('mdat', content);
  const parts = film.isIndexLast === true ? [box, index] : [index, box];
  return Buffer.concat([createBox('ftyp', Buffer.from('isom\0\0\x02\0isommp41')), ...parts]);
}

export function createIndex({ width = 1280, height = 720, seconds = 6, version = 0 }: Film = {}): Buffer {
  const movie = Buffer.alloc(version === 1 ? 112 : 100);
  const track = Buffer.alloc(version === 1 ? 96 : 84);
  movie[0] = track[0] = version;
  movie.writeUInt32BE(1_000, version === 1 ? 20 : 12);
  if (version === 1) movie.writeBigUInt64BE(BigInt(seconds * 1_000), 24);
  else movie.writeUInt32BE(seconds * 1_000, 16);
  track.writeUInt16BE(width, track.length - 8);
  track.writeUInt16BE(height, track.length - 4);
  const sound = createBox('trak', createBox('tkhd', Buffer.alloc(84)));
  return createBox('moov', createBox('mvhd', movie), sound, createBox('trak', createBox('tkhd', track)));
}

function createLargeBox(type: string, payload: Buffer): Buffer {
  const head = Buffer.alloc(16);
  head.writeUInt32BE(1);
  head.write(type, 4, 'latin1');
  head.writeBigUInt64BE(BigInt(16 + payload.length), 8);
  return Buffer.concat([head, payload]);
}
