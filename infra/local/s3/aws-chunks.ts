import { S3Error } from './s3-error.ts';

/**
 * Takes an `aws-chunked` body apart: what the SDKs send when they stream. Yields the content; the trailing
 * headers are put into `trailers`. The signatures of single chunks are not checked.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
 */
export async function* decodeAwsChunks(source: AsyncIterable<Buffer>, trailers: Map<string, string>) {
  const bytes = createByteReader(source);
  for (let size = await readSize(bytes); size > 0; size = await readSize(bytes)) {
    yield* bytes.take(size);
    await bytes.readLine();
  }
  for (let line = await bytes.readLine(); line !== ''; line = await bytes.readLine()) {
    const [name = '', value = ''] = line.split(':');
    trailers.set(name.toLowerCase(), value.trim());
  }
}

type ByteReader = ReturnType<typeof createByteReader>;

async function readSize(bytes: ByteReader): Promise<number> {
  const line = await bytes.readLine();
  const [size = ''] = line.split(';');
  if (!/^[0-9a-f]+$/i.test(size)) throw new S3Error('IncompleteBody', 'A chunk of the body is malformed');
  return Number.parseInt(size, 16);
}

function createByteReader(source: AsyncIterable<Buffer>) {
  const chunks = source[Symbol.asyncIterator]();
  let rest: Buffer = Buffer.alloc(0);

  async function readMore(): Promise<boolean> {
    const next = await chunks.next();
    if (next.done === true) return false;
    rest = rest.length === 0 ? next.value : Buffer.concat([rest, next.value]);
    return true;
  }

  return {
    /** Up to the next line end, or what is left. */
    async readLine(): Promise<string> {
      while (!rest.includes('\r\n') && (await readMore()));
      const end = rest.indexOf('\r\n');
      const line = rest.subarray(0, end < 0 ? rest.length : end).toString();
      rest = end < 0 ? Buffer.alloc(0) : rest.subarray(end + 2);
      return line;
    },
    async *take(size: number) {
      for (let missing = size; missing > 0; ) {
        if (rest.length === 0 && !(await readMore())) {
          throw new S3Error('IncompleteBody', 'The body ends before its last chunk');
        }
        const part = rest.subarray(0, missing);
        rest = rest.subarray(part.length);
        missing -= part.length;
        yield part;
      }
    },
  };
}
