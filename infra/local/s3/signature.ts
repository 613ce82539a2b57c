import { createHmac, hash } from 'node:crypto';
import { S3Error } from './s3-error.ts';
import type { S3Request } from './s3-operation.ts';

/** The one pair of keys that the embedded services know. */
const credentials = { accessKeyId: 'local', secretAccessKey: 'local' } as const;
const longestSkewSeconds = 15 * 60;

interface Signing {
  /** `<key id>/<day>/<region>/<service>/aws4_request` */
  readonly credential: string;
  readonly signedHeaders: string;
  readonly signature: string;
  /** As `20260302T100000Z`. */
  readonly time: string;
  readonly payloadHash: string;
}

/**
 * Checks the Signature Version 4 of a header or of a presigned URL, and that it is not too old.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 */
export function verifySignature(request: S3Request, now: Date): void {
  const isPresigned = request.query.has('X-Amz-Signature');
  const signing = isPresigned ? readQuery(request) : readHeader(request);
  if (signing.credential.split('/')[0] !== credentials.accessKeyId) {
    throw new S3Error('AccessDenied', 'The access key id is not known here');
  }
  const ageSeconds = (now.getTime() - toTime(signing.time)) / 1000;
  if (isPresigned && ageSeconds > Number(request.query.get('X-Amz-Expires'))) {
    throw new S3Error('AccessDenied', 'Request has expired');
  }
  if (Math.abs(ageSeconds) > longestSkewSeconds && !(isPresigned && ageSeconds > 0)) {
    throw new S3Error('RequestTimeTooSkewed', 'The request time is too far from the current time');
  }
  if (signing.signature !== sign(toCanonicalRequest(request, signing), signing)) {
    throw new S3Error('SignatureDoesNotMatch', 'The signature does not match the request');
  }
}

function readHeader({ headers }: S3Request): Signing {
  const authorization = headers.get('authorization') ?? '';
  const part = (name: string) => new RegExp(`${name}=([^, ]+)`).exec(authorization)?.[1] ?? '';
  if (!authorization.startsWith('AWS4-HMAC-SHA256')) {
    throw new S3Error('AccessDenied', 'The request is not signed');
  }
  return {
    credential: part('Credential'),
    signedHeaders: part('SignedHeaders'),
    signature: part('Signature'),
    time: headers.get('x-amz-date') ?? '',
    payloadHash: headers.get('x-amz-content-sha256') ?? '',
  };
}

function readQuery({ query }: S3Request): Signing {
  const part = (name: string) => query.get(`X-Amz-${name}`) ?? '';
  return {
    credential: part('Credential'),
    signedHeaders: part('SignedHeaders'),
    signature: part('Signature'),
    time: part('Date'),
    payloadHash: 'UNSIGNED-PAYLOAD',
  };
}

function toTime(time: string): number {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(time);
  if (match === null) throw new S3Error('AccessDenied', 'The request carries no valid date');
  const [year, month, day, hour, minute, second] = match.slice(1).map(Number);
  return Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second);
}

function toCanonicalRequest({ method, path, query, headers }: S3Request, signing: Signing): string {
  const names = signing.signedHeaders.split(';');
  const parameters = [...query]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map((pair) => pair.map(encode).join('='))
    .sort();
  return [
    method,
    path.split('/').map(decodeURIComponent).map(encode).join('/'),
    parameters.join('&'),
    ...names.map((name) => `${name}:${(headers.get(name) ?? '').trim().replace(/ +/g, ' ')}`),
    '',
    signing.signedHeaders,
    signing.payloadHash,
  ].join('\n');
}

function sign(canonicalRequest: string, { credential, time }: Signing): string {
  const scope = credential.split('/').slice(1);
  const key = scope.reduce(
    (secret, part) => createHmac('sha256', secret).update(part).digest(),
    Buffer.from(`AWS4${credentials.secretAccessKey}`),
  );
  const text = ['AWS4-HMAC-SHA256', time, scope.join('/'), hash('sha256', canonicalRequest)].join('\n');
  return createHmac('sha256', key).update(text).digest('hex');
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (character) => {
    return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
  });
}
