import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { lookAtVideoBytes, lookAtVideoUrl } from '../../../shared/media/look-at-video.ts';
import { createSafeFetch } from '../../../shared/media/safe-fetch.ts';
import { createPng } from '../../support/images.ts';
import { createBox, createFilm, createIndex } from './films.ts';
import { startOrigin } from './origins.ts';

const mov = createBox('ftyp', Buffer.from('qt  \0\0\0\0qt  '));
const avif = createBox('ftyp', Buffer.from('avif\0\0\0\0avifmif1'));

describe('lookAtVideoBytes', () => {
  it.each([
    ['an MP4', createFilm()],
    ['a MOV', mov],
  ])('knows %s by its first box', (_, bytes) => {
    expect(lookAtVideoBytes(bytes)).toEqual({ kind: 'video' });
  });

  it.each([
    ['an image', createPng({ width: 1, height: 1 })],
    ['an AVIF, which begins with the same box', avif],
    ['an MP4 without its first box', createIndex()],
    ['a WebM', Buffer.from('1a45dfa3', 'hex')],
    ['nothing', Buffer.alloc(0)],
    ['text', Buffer.from('<html>no film</html>')],
  ])('refuses %s', (_, bytes) => {
    expect(lookAtVideoBytes(bytes)).toMatchObject({ kind: 'not_a_video' });
  });
});

describe('lookAtVideoUrl', () => {
  it('hangs up after the first bytes, however they are cut', async () => {
    let gone: Promise<unknown> = Promise.resolve();
    const origin = await startOrigin((_, response) => {
      gone = once(response, 'close');
      response.writeHead(200, { 'content-length': `${2 ** 40}` });
      for (const byte of createFilm().subarray(0, 40)) response.write(Buffer.from([byte]));
    });

    const look = await lookAtVideoUrl(`${origin}/a.mp4`, createSafeFetch({ trustedOrigins: [origin] }));

    expect(look).toEqual({ kind: 'video' });
    await gone;
  });

  it('says what answered instead', async () => {
    const origin = await startOrigin((_, response) => void response.writeHead(403).end());

    const look = await lookAtVideoUrl(`${origin}/a?token=x`, createSafeFetch({ trustedOrigins: [origin] }));

    expect(look).toEqual({ kind: 'unreachable', message: '127.0.0.1 answered with status 403' });
  });

  it('does not go to private addresses', async () => {
    const origin = await startOrigin((_, response) => void response.end(createFilm()));

    const look = await lookAtVideoUrl(origin, createSafeFetch({ trustedOrigins: [] }));

    expect(look).toMatchObject({ kind: 'unreachable', message: expect.stringContaining('https') });
  });

  it('takes a connection that is lost for unreachable', async () => {
    const origin = await startOrigin((request) => void request.socket.destroy());

    const look = await lookAtVideoUrl(origin, createSafeFetch({ trustedOrigins: [origin] }));

    expect(look).toMatchObject({ kind: 'unreachable' });
  });
});
