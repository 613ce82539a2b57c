import { expect, it } from 'vitest';
import type { JobRequest } from '../../../shared/providers/provider.ts';
import { type Reply, startScriptedUpstream } from '../../support/scripted-upstream.ts';
import { requestFor } from './job-requests.ts';
import {
  apiKey,
  contextWith,
  firstOrder,
  html,
  longId,
  type Setting,
  unhurried,
  variableOf,
} from './provider-setting.ts';

/** What counts as accepted, and what an id may look like. */
export function describeAcceptance(setting: () => Setting): void {
  it.each([`"${longId}"`, longId])(
    'is accepted with the id as a string when the answer has %s',
    async (id) => {
      const outcome = await setting().submit({ body: setting().dialect.created(id) });
      expect(outcome).toMatchObject({ kind: 'accepted', job: { id: longId } });
    },
  );

  it.each(['""', '"  "', 'null', '{}'])('is unknown when the id of the answer is %s', async (id) => {
    const outcome = await setting().submit({ body: setting().dialect.created(id) });
    expect(outcome.kind).toBe('unknown');
  });
}

/** What proves that no job was started. */
export function describeRefusal(setting: () => Setting): void {
  it.each([
    [400, 'something is wrong with it', 'invalid_request'],
    [400, 'The image is too small', 'bad_image'],
    [400, 'SENSITIVE content in the prompt', 'content_rejected'],
    [401, 'wrong key', 'provider_auth'],
    [402, 'no money', 'provider_balance'],
    [403, 'not from this address', 'provider_auth'],
    [404, 'no such thing', 'invalid_request'],
    [429, 'slow down', 'provider_rate_limited'],
  ])('is refused, uncharged, when the answer is %i "%s": %s', async (status, text, code) => {
    const body = setting().dialect.refused(status, text);
    const outcome = await setting().submit({ status, body });
    const failure = {
      code,
      charged: 'no',
      providerCode: `${status}`,
      message: expect.stringContaining(text),
    };
    expect(outcome).toMatchObject({ kind: 'refused', failure });
  });
}

/** What a refusal says beside its status. */
export function describeRefusalWords(setting: () => Setting): void {
  it.each([
    { error: 'Unauthorized' },
    { description: 'Unauthorized' },
    { error: { message: 'Unauthorized' } },
    'Unauthorized',
  ])('reads the reason of a refusal from %j', async (body) => {
    const outcome = await setting().submit({ status: 401, headers: { 'content-type': 'text/plain' }, body });
    expect(outcome).toMatchObject({ failure: { message: expect.stringMatching(/: Unauthorized$/) } });
  });

  it.each([
    ['7', 7],
    ['0.2', 1],
    ['86401', 86_400],
    ['0', undefined],
    ['-5', undefined],
    ['Wed, 21 Oct 2026 07:28:00 GMT', undefined],
  ])('hands on a Retry-After of "%s" as %j', async (retryAfter, seconds) => {
    const body = setting().dialect.refused(429, 'slow down');
    const outcome = await setting().submit({ status: 429, headers: { 'retry-after': retryAfter }, body });
    expect(outcome).toMatchObject({ kind: 'refused', failure: { code: 'provider_rate_limited' } });
    expect('retryAfterSeconds' in outcome ? outcome.retryAfterSeconds : undefined).toBe(seconds);
  });

  it.each([
    ['Insufficient credits', 'provider_balance'],
    ['the balance of this account is too low', 'provider_balance'],
    ['wrong prompt, your credits were returned', 'invalid_request'],
    ['the prompt was blocked by moderation, insufficient credits were not the reason', 'content_rejected'],
  ])('reads a 400 that says "%s" as %s', async (text, code) => {
    const outcome = await setting().submit({ status: 400, body: setting().dialect.refused(400, text) });
    expect(outcome).toMatchObject({ kind: 'refused', failure: { code, charged: 'no' } });
  });

  it('shows no key, no prompt and no signed URL in the message of a refusal', async () => {
    const { prompt } = firstOrder(setting().provider);
    const text = `Bad: ${prompt} with ${apiKey} and https://img.example.com/a.png?X-Amz-Signature=abc`;
    const outcome = await setting().submit({ status: 400, body: setting().dialect.refused(400, text) });
    const shown = JSON.stringify(outcome);
    expect(shown).toContain('Bad: ');
    for (const secret of [prompt, apiKey, 'X-Amz-Signature']) expect(shown).not.toContain(secret);
  });
}

/** Pains 1 and 2: what may have been bought is never taken for refused or not sent. */
export function describeDoubt(setting: () => Setting): void {
  it.each<[string, Reply]>([
    ...[408, 499, 500, 502, 503, 504, 520, 301, 307, 308].map((status): [string, Reply] => [
      `HTTP ${status}`,
      { status, headers: { location: '/elsewhere' }, body: { code: status, message: 'a reason' } },
    ]),
    ['a page with 200', html],
    ['a page with 403', { ...html, status: 403 }],
    ['an empty 200', { body: '' }],
    ['an empty object', { body: {} }],
    ['a list', { body: [] }],
    ['half an answer', 'truncate'],
    ['a reset connection', 'reset'],
    ['an endless answer', { body: ' '.repeat(3 * 1024 * 1024) }],
  ])('is unknown after %s, and nothing is sent again', async (_name, reply) => {
    const before = setting().upstream.requests.length;
    expect((await setting().submit(reply)).kind).toBe('unknown');
    expect(setting().upstream.requests.length).toBe(before + 1);
  });

  it.each([400, 402, 429])('is unknown after a %i that contradicts itself', async (status) => {
    const { dialect, submit } = setting();
    for (const body of [
      dialect.created('"a-job"'),
      dialect.refused(500, 'broken'),
      dialect.refused(200, 'ok'),
    ])
      expect((await submit({ status, body })).kind, body).toBe('unknown');
  });

  it('is unknown when the time is up after the request has arrived', async () => {
    const { provider, upstream } = setting();
    const controller = new AbortController();
    upstream.reply('hang');
    const arrived = upstream.nextRequest();
    const submitted = provider.submit(firstOrder(provider), contextWith(controller.signal));
    await arrived;
    controller.abort();
    expect((await submitted).kind).toBe('unknown');
  });
}

/** What never leaves. */
export function describeNotSent(setting: () => Setting): void {
  it('is not sent, for any offer, without the image or the video that it starts from', async () => {
    const { provider, upstream } = setting();
    const before = upstream.requests.length;
    for (const offer of provider.offers.filter(({ operation }) => operation !== 't2v')) {
      const request = withoutSources(requestFor(offer));
      const outcome = await provider.submit(request, unhurried());
      expect(outcome, offer.operation).toMatchObject({ kind: 'not_sent' });
    }
    expect(upstream.requests.length).toBe(before);
  });

  it('is not sent when the connection is refused', async () => {
    const { dialect } = setting();
    const closed = await startScriptedUpstream();
    await closed.close();
    const provider = dialect.definition.load({ [variableOf(dialect, 'BASE_URL')]: closed.url });
    expect((await provider.submit(firstOrder(provider), unhurried())).kind).toBe('not_sent');
  });
}

function withoutSources(request: JobRequest): JobRequest {
  const { firstFrameImageUrl: _, lastFrameImageUrl: __, subjectImageUrl: ___, ...rest } = request;
  const { sourceVideoUrl: ____, ...order } = rest;
  return order;
}
