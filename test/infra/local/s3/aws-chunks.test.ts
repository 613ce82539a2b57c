import { describe, expect, it } from 'vitest';
import { decodeAwsChunks } from '../../../../infra/local/s3/aws-chunks.ts';

const body = '5;chunk-signature=ab\r\nhello\r\n6\r\n, \r\n\r\n\r\n0\r\nX-Amz-Checksum-Crc32: AAA=\r\n\r\n';

describe('decodeAwsChunks', () => {
  it.each([1, 2, 7, 1000])('yields content and trailers when %i bytes come at a time', async (size) => {
    const trailers = new Map<string, string>();
    expect(await decode(body, size, trailers)).toBe('hello, \r\n\r\n');
    expect([...trailers]).toEqual([['x-amz-checksum-crc32', 'AAA=']]);
  });

  it.each([
    ['ends in the middle of a chunk', '5\r\nhel'],
    ['ends before its last chunk', '5\r\nhello\r\n'],
    ['names a size that is no number', 'five\r\nhello\r\n0\r\n\r\n'],
  ])('throws IncompleteBody when the body %s', async (_case, text) => {
    await expect(decode(text, 3, new Map())).rejects.toMatchObject({ code: 'IncompleteBody' });
  });
});

async function decode(text: string, size: number, trailers: Map<string, string>): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of decodeAwsChunks(inPieces(Buffer.from(text), size), trailers)) parts.push(part);
  return Buffer.concat(parts).toString();
}

async function* inPieces(bytes: Buffer, size: number) {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}
