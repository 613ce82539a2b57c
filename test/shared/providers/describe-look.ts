import { expect, it } from 'vitest';
import type { Reply } from '../../support/scripted-upstream.ts';
import { apiKey, contextWith, html, longId, type Setting } from './provider-setting.ts';

/** What the states of a job look like. */
export function describeLook(setting: () => Setting): void {
  it('reads every word for a waiting and for a running job, in any case', async () => {
    const { check, dialect } = setting();
    for (const kind of ['queued', 'running'] as const) {
      for (const word of dialect.words[kind]) {
        for (const spelling of [word, word.toUpperCase(), word.toLowerCase()]) {
          expect(await check({ body: dialect.looked(spelling) }), spelling).toEqual({ kind });
        }
      }
    }
  });

  it('takes an unknown status word for running and says which', async () => {
    const progress = await setting().check({ body: setting().dialect.looked('Daydreaming') });
    expect(progress).toEqual({ kind: 'running', unknownStatus: 'Daydreaming' });
  });

  it('knows no word that is none, and shows only the beginning of a long one', async () => {
    const { check, dialect } = setting();
    expect(await check({ body: dialect.looked('constructor') })).toMatchObject({
      unknownStatus: 'constructor',
    });
    const progress = await check({ body: dialect.looked('x'.repeat(200)) });
    expect(progress).toMatchObject({ kind: 'running', unknownStatus: 'x'.repeat(64) });
  });

  it('finds the video of a job that succeeded', async () => {
    const progress = await setting().check(...setting().dialect.succeeded.map((body) => ({ body })));
    expect(progress).toMatchObject({
      kind: 'succeeded',
      outputs: [{ url: expect.stringMatching(/^https:/) }],
    });
  });

  it('succeeds without outputs while the URL is absent or blank', async () => {
    for (const bodies of setting().dialect.succeededWithoutUrl) {
      const progress = await setting().check(...bodies.map((body) => ({ body })));
      expect(progress).toMatchObject({ kind: 'succeeded', outputs: [] });
    }
  });
}

/** What is said of a job that failed. */
export function describeFailedJob(setting: () => Setting): void {
  it.each([
    ['Output flagged by MODERATION', 'content_rejected'],
    ['No Face detected in the image', 'face_not_found'],
    ['could not load the image', 'bad_image'],
    ['something broke', 'generation_failed'],
  ])('keeps the reason of a failed job: "%s" is %s, uncharged', async (text, code) => {
    const progress = await setting().check({ body: setting().dialect.failed(text) });
    const failure = { code, charged: 'no', message: expect.stringContaining(text) };
    expect(progress).toMatchObject({ kind: 'failed', failure });
  });

  it.each([
    'insufficient credits',
    'failed, your credits were returned',
    'account balance is too low',
    'rate limit exceeded',
    'service unavailable',
    'wrong API key',
  ])('buys nothing elsewhere when the words of a failed job say "%s": they prove no refund', async (text) => {
    const progress = await setting().check({ body: setting().dialect.failed(text) });
    expect(progress).toMatchObject({ kind: 'failed', failure: { code: 'generation_failed' } });
  });

  it('shows no key and no signed URL in the message of a failure', async () => {
    const text = `Broke at https://img.example.com/a.png?X-Amz-Signature=abc with ${apiKey}`;
    const progress = await setting().check({ body: setting().dialect.failed(text) });
    expect(JSON.stringify(progress)).toContain('Broke at');
    expect(JSON.stringify(progress)).not.toMatch(/X-Amz-Signature|the-secret-key/);
  });
}

/** Pain 16: an error on the way to the status is no failure of the job. */
export function describeUnreadableLook(setting: () => Setting): void {
  it.each<[string, Reply]>([
    ...[302, 401, 404, 429, 500, 503, 504].map((status): [string, Reply] => [
      `HTTP ${status}`,
      { status, body: { code: status, message: 'failed' } },
    ]),
    ['a page', html],
    ['an empty 200', { body: '' }],
    ['an object without a status', { body: {} }],
    ['a list', { body: [] }],
    ['half an answer', 'truncate'],
    ['a reset connection', 'reset'],
  ])('learns nothing about the job from %s', async (_name, reply) => {
    expect((await setting().check(reply)).kind).toBe('unreadable');
  });

  it('learns nothing about the job when the time is up', async () => {
    const { provider, upstream } = setting();
    const controller = new AbortController();
    upstream.reply('hang');
    const arrived = upstream.nextRequest();
    const looked = provider.check({ id: longId, route: 'a-route' }, contextWith(controller.signal));
    await arrived;
    controller.abort();
    expect((await looked).kind).toBe('unreadable');
  });
}
