import { describe, expect, it, onTestFinished, vi } from 'vitest';
import * as z from 'zod';
import { kie } from '../../../../infra/local/simulated-providers/kie.ts';
import type { SimulatedProvider } from '../../../../infra/local/simulated-providers/simulated-provider.ts';
import { createWebp } from '../../../support/images.ts';
import { readFixture } from '../../../support/read-fixture.ts';
import { startScriptedUpstream } from '../../../support/scripted-upstream.ts';
import { apiKey, jobSeconds, nobodyThere, serveImage, simulate } from './simulate.ts';

const headers = { authorization: `Bearer ${apiKey}` };
const hailuo = { create: 'hailuo/generate', look: 'hailuo/record-info' };
const market = { create: 'jobs/createTask', look: 'jobs/recordInfo' };

const text = { prompt: 'A lighthouse', model: 'hailuo-2-3', duration: 8, resolution: '1080p' };
const later = 'hailuo/2-3-image-to-video-standard';
const input = {
  prompt: 'A lighthouse',
  image_url: 'https://a.example/a.png',
  duration: '6',
  resolution: '768P',
};

function order(provider: SimulatedProvider, path: string, body: unknown): Promise<Response> {
  const url = `${provider.url}/api/v1/${path}`;
  return fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
}

async function orderJob(provider: SimulatedProvider, path: string, body: unknown): Promise<string> {
  const created = await (await order(provider, path, body)).json();
  return z.object({ data: z.object({ taskId: z.string() }) }).parse(created).data.taskId;
}

async function look(provider: SimulatedProvider, path: string, taskId: string): Promise<unknown> {
  const response = await fetch(`${provider.url}/api/v1/${path}?taskId=${taskId}`, { headers });
  return response.json();
}

async function receive() {
  const receiver = await startScriptedUpstream();
  onTestFinished(() => receiver.close());
  const callBackUrl = `${receiver.url}/cb`;
  const body = async () => {
    await vi.waitFor(() => expect(receiver.requests).toHaveLength(1));
    return JSON.parse(receiver.requests[0]?.body ?? '');
  };
  return { callBackUrl, body };
}

const link = expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/videos\//);

describe('the simulated KIE by its document', () => {
  it('answers an order with an id and the status 0', async () => {
    const { provider } = await simulate({ dialect: kie });
    const response = await order(provider, hailuo.create, text);
    const data = { taskId: expect.stringMatching(/^hailuo_[0-9a-z]{9}$/), status: 0 };
    expect(await response.json()).toEqual({ code: 0, message: 'success', data });
  });

  it('shows a job before and after its end', async () => {
    const { provider, clock } = await simulate({ dialect: kie });
    const taskId = await orderJob(provider, hailuo.create, text);
    const createdAt = '2026-03-02T10:00:00Z';

    const early = await look(provider, hailuo.look, taskId);
    clock.advance(jobSeconds);
    const late = await look(provider, hailuo.look, taskId);

    expect(early).toEqual({ code: 0, message: 'success', data: { taskId, status: 0, createdAt } });
    const result = { videoUrl: link, duration: 8, resolution: '1080p' };
    const completedAt = '2026-03-02T10:00:10Z';
    expect(late).toEqual({
      code: 0,
      message: 'success',
      data: { taskId, status: 1, ...result, createdAt, completedAt },
    });
    expect(Object.keys(z.object({ data: z.looseObject({}) }).parse(late).data)).toEqual(
      Object.keys(JSON.parse(readFixture('kie/record-success-document')).data),
    );
  });

  it('shows why a job failed', async () => {
    const { provider, clock } = await simulate({ dialect: kie });
    const imageUrl = nobodyThere;
    const taskId = await orderJob(provider, hailuo.create, { ...text, imageUrl });
    clock.advance(jobSeconds);
    expect(await look(provider, hailuo.look, taskId)).toMatchObject({
      code: 0,
      data: { status: 2, errorCode: 1002, errorMessage: expect.stringContaining('image') },
    });
  });

  it('calls back with the bare task', async () => {
    const { provider, clock } = await simulate({ dialect: kie });
    const { callBackUrl, body } = await receive();
    const taskId = await orderJob(provider, hailuo.create, { ...text, callBackUrl });
    clock.advance(jobSeconds);
    const completedAt = '2026-03-02T10:00:10Z';
    expect(await body()).toEqual({ taskId, status: 1, videoUrl: link, duration: 8, completedAt });
  });

  it('takes a WebP image', async () => {
    const { provider } = await simulate({ dialect: kie });
    const imageUrl = await serveImage(createWebp({ width: 600, height: 600 }));
    await orderJob(provider, hailuo.create, { ...text, imageUrl });
    expect(provider.jobs()).toMatchObject([{ shape: { width: 720, height: 720 } }]);
  });

  it.each([
    ['lacks a prompt', { ...text, prompt: undefined }, 1001],
    ['has a blank prompt', { ...text, prompt: ' ' }, 1001],
    ['has a prompt of 801 characters', { ...text, prompt: 'x'.repeat(801) }, 1001],
    ['has an image that is no URL', { ...text, imageUrl: 'face.jpg' }, 1002],
    ['has an image in the order itself', { ...text, imageUrl: 'data:image/png;base64,AAAA' }, 1002],
    ['asks for 10 seconds at 1080p', { ...text, duration: 10 }, 1004],
    ['is an example of the document', JSON.parse(readFixture('kie/create-document-t2v')), 1004],
    ['asks for 12 seconds', { ...text, duration: 12 }, 1004],
    ['asks for 768p', { ...text, resolution: '768p' }, 1004],
    ['asks for a ratio of 4:3', { ...text, aspectRatio: '4:3' }, 1004],
    ['has a seed of 4 digits', { ...text, seed: 9999 }, 1004],
    ['asks the fast model for a video from text', { ...text, model: 'hailuo-2-3-fast' }, 1004],
    ['names an unknown model', { ...text, model: 'hailuo-01' }, 1004],
  ])('refuses an order that %s', async (_name, body, code) => {
    const { provider } = await simulate({ dialect: kie });
    const response = await order(provider, hailuo.create, body);
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ code, message: expect.any(String), data: null });
    expect(provider.jobs()).toEqual([]);
  });

  it('takes 10 seconds at 720p, and an order that leaves all but the prompt out', async () => {
    const { provider } = await simulate({ dialect: kie });
    await orderJob(provider, hailuo.create, { ...text, duration: 10, resolution: '720p' });
    await orderJob(provider, hailuo.create, { prompt: '🐚'.repeat(800) });
    expect(provider.jobs().map(({ shape }) => shape.seconds)).toEqual([10, 6]);
  });

  it.each([
    [402, 1003],
    [429, 1005],
    [500, 500],
  ])('answers HTTP %i with the code %i', async (status, code) => {
    const { provider } = await simulate({ dialect: kie });
    provider.setFaults([{ kind: 'create_error', status }]);
    const response = await order(provider, hailuo.create, text);
    expect([response.status, await response.json()]).toMatchObject([status, { code, data: null }]);
  });

  it('answers 401 without a key, and 1004 for a job of the other dialect', async () => {
    const { provider } = await simulate({ dialect: kie });
    const taskId = await orderJob(provider, market.create, { model: later, input });
    const keyless = await fetch(`${provider.url}/api/v1/${hailuo.look}?taskId=${taskId}`);
    expect([keyless.status, await keyless.json()]).toMatchObject([401, { code: 401 }]);
    expect(await look(provider, hailuo.look, taskId)).toMatchObject({ code: 1004, data: null });
  });
});

describe('the simulated KIE on the market', () => {
  it('answers an order with an id', async () => {
    const { provider } = await simulate({ dialect: kie });
    const response = await order(provider, market.create, { model: later, input });
    const data = { taskId: expect.stringMatching(/^[0-9a-f]{32}$/) };
    expect(await response.json()).toEqual({ code: 200, msg: 'success', data });
  });

  it('shows each state, the order and the result as JSON within JSON, the times in milliseconds', async () => {
    const { provider, clock } = await simulate({ dialect: kie });
    const taskId = await orderJob(provider, market.create, { model: later, input });
    const createTime = Date.parse('2026-03-02T10:00:00Z');
    const param = JSON.stringify({ model: later, input });
    const task = { taskId, model: later, param, failCode: '', failMsg: '', createTime };
    const answer = (fields: object) => ({ code: 200, message: 'success', data: { ...task, ...fields } });

    expect(await look(provider, market.look, taskId)).toEqual(answer({ state: 'waiting', resultJson: '' }));
    clock.advance(jobSeconds / 2);
    expect(await look(provider, market.look, taskId)).toMatchObject(answer({ state: 'generating' }));
    clock.advance(jobSeconds / 2);
    expect(await look(provider, market.look, taskId)).toEqual(
      answer({
        state: 'success',
        resultJson: expect.stringMatching(/^\{"resultUrls":\["http:/),
        costTime: 10_000,
        completeTime: createTime + 10_000,
        creditsConsumed: 30,
      }),
    );
  });

  it.each([
    ['02-text-to-video-standard', { prompt: 'x', duration: '10' }, 50],
    ['02-text-to-video-pro', { prompt: 'x' }, 57],
    ['02-image-to-video-standard', { prompt: 'x', image_url: input.image_url, resolution: '512P' }, 30],
    ['2-3-image-to-video-standard', { ...input, resolution: '1080P' }, 50],
    ['2-3-image-to-video-pro', input, 45],
    ['2-3-image-to-video-pro', { ...input, duration: '10' }, 90],
    ['2-3-image-to-video-pro', { ...input, resolution: '1080P' }, 80],
  ])('takes credits for %s %j: %i', async (name, given, creditsConsumed) => {
    const { provider, clock } = await simulate({ dialect: kie });
    const taskId = await orderJob(provider, market.create, { model: `hailuo/${name}`, input: given });
    clock.advance(jobSeconds);
    expect(await look(provider, market.look, taskId)).toMatchObject({ data: { creditsConsumed } });
  });

  it.each([
    [undefined, 200, 'success', null],
    ['fail', 501, 'fail', '500'],
  ] as const)(
    'calls back after %s with the code %i, its time in seconds',
    async (kind, code, state, failCode) => {
      const { provider, clock } = await simulate({ dialect: kie });
      if (kind !== undefined) provider.setFaults([{ kind }]);
      const { callBackUrl, body } = await receive();
      const taskId = await orderJob(provider, market.create, { model: later, input, callBackUrl });
      clock.advance(jobSeconds);
      expect(await body()).toMatchObject({ code, data: { taskId, state, failCode, costTime: 10 } });
    },
  );

  it('makes 10 seconds of two frames when nobody asks, as one model does', async () => {
    const { provider } = await simulate({ dialect: kie });
    const frames = { prompt: 'x', image_url: input.image_url, end_image_url: 'https://a.example/b.png' };
    const model = 'hailuo/02-image-to-video-standard';
    await orderJob(provider, market.create, { model, input: frames });
    await orderJob(provider, market.create, { model: 'hailuo/02-image-to-video-pro', input: frames });
    expect(provider.jobs().map(({ shape }) => shape.seconds)).toEqual([10, 6]);
  });

  it.each([
    ['has no input', { model: later }],
    ['names a guessed model', { model: 'hailuo/2-3-image-to-video-fast', input }],
    ['has a blank prompt', { model: later, input: { ...input, prompt: '' } }],
    ['has a prompt of 5001 characters', { model: later, input: { ...input, prompt: 'x'.repeat(5001) } }],
    [
      'has a prompt of 1501 characters for an older model',
      { model: 'hailuo/02-text-to-video-pro', input: { prompt: 'x'.repeat(1501) } },
    ],
    ['gives the duration as a number', { model: later, input: { ...input, duration: 6 } }],
    [
      'asks for 10 seconds at 1080P',
      { model: later, input: { ...input, duration: '10', resolution: '1080P' } },
    ],
    [
      'gives a last frame to a later model',
      { model: later, input: { ...input, end_image_url: 'https://a/' } },
    ],
    ['tells a later model not to optimize', { model: later, input: { ...input, prompt_optimizer: false } }],
    ['has an image that is no URL', { model: later, input: { ...input, image_url: 'face.jpg' } }],
  ])('refuses an order that %s', async (_name, body) => {
    const { provider } = await simulate({ dialect: kie });
    const response = await order(provider, market.create, body);
    expect(await response.json()).toEqual({ code: 422, msg: expect.any(String), data: null });
    expect(provider.jobs()).toEqual([]);
  });

  it('says for an unknown task that there is none', async () => {
    const { provider } = await simulate({ dialect: kie });
    expect(await look(provider, market.look, 'none')).toEqual({
      code: 404,
      msg: expect.any(String),
      data: null,
    });
  });
});
