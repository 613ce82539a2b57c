import { type ImageFormat, imageFormats } from '../domain/video-request.ts';

/** What a file turned out to be: a format we take, or what it is instead. */
type SniffedFormat =
  | { readonly kind: 'supported'; readonly format: ImageFormat }
  | { readonly kind: 'other'; readonly name: string };

/** As many first bytes as the longest signature needs. */
export const signatureBytes = 24;

/** The name of what begins as an MP4 or MOV film does. */
export const filmName = 'a video';

/** Offset in the file, signature as Latin-1 text, what it proves. The first match counts. */
const signatures: readonly (readonly [offset: number, signature: string, proves: string])[] = [
  [0, '\xff\xd8\xff', 'jpeg'],
  [0, '\x89PNG\r\n\x1a\n', 'png'],
  [8, 'WEBPVP8', 'webp'],
  [0, 'GIF8', 'a GIF'],
  [0, 'BM', 'a BMP'],
  [0, 'II*\0', 'a TIFF'],
  [0, 'MM\0*', 'a TIFF'],
  [4, 'ftypavi', 'an AVIF'],
  [4, 'ftyphei', 'a HEIC'],
  [4, 'ftypmif1', 'a HEIC'],
  [4, 'ftyp', filmName],
  [0, '%PDF', 'a PDF'],
];

const markup: readonly (readonly [start: string, proves: string])[] = [
  ['<svg', 'an SVG'],
  ['<html', 'an HTML page'],
  ['<!doctype html', 'an HTML page'],
  ['<', 'an SVG or another XML document'],
  ['{', 'a JSON document'],
];

/** Tells a format by its first bytes, never by a file name or a header. */
export function sniffFormat(prefix: Uint8Array): SniffedFormat {
  const text = Buffer.from(prefix.subarray(0, signatureBytes)).toString('latin1');
  const proven = signatures.find(([offset, signature]) => text.startsWith(signature, offset))?.[2];
  const format = imageFormats.find((candidate) => candidate === proven);
  if (format !== undefined) return { kind: 'supported', format };
  return { kind: 'other', name: proven ?? nameMarkup(text) };
}

function nameMarkup(text: string): string {
  if (text === '') return 'empty';
  const start = text.replace('\xef\xbb\xbf', '').trimStart().toLowerCase();
  return markup.find(([prefix]) => start.startsWith(prefix))?.[1] ?? 'none of the known image formats';
}
