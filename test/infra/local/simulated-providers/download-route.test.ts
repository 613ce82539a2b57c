import { describe, expect, it } from 'vitest';
import type { FaultInput } from '../../../../infra/local/simulated-providers/faults.ts';
import { piapi } from '../../../../infra/local/simulated-providers/piapi.ts';
import { jobSeconds, orderJob, readTask, simulate, simulateWith } from './simulate.ts';

describe('the download of a video', () => {
  async function finishJob() {
    const { provider, clock } = await simulate({ dialect: piapi });
    const jobId = await orderJob(provider);
    clock.advance(jobSeconds);
    return (await readTask(provider, jobId)).output?.video_url ?? '';
  }

  it('sends an mp4 with its length', async () => {
    const response = await fetch(await finishJob());
    const bytes = Buffer.from(await response.arrayBuffer());

    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('video/mp4');
    expect(response.headers.get('content-length')).toBe(String(bytes.length));
    expect(bytes.toString('latin1', 4, 8)).toBe('ftyp');
  });

  it.each([
    ['bytes=0-3', 4, (size: number) => `bytes 0-3/${size}`],
    ['bytes=-5', 5, (size: number) => `bytes ${size - 5}-${size - 1}/${size}`],
  ])('sends the part that the range %s asks for', async (range, length, contentRange) => {
    const url = await finishJob();
    const whole = Buffer.from(await (await fetch(url)).arrayBuffer());

    const response = await fetch(url, { headers: { range } });

    expect(response.status).toBe(206);
    expect(response.headers.get('content-range')).toBe(contentRange(whole.length));
    expect((await response.arrayBuffer()).byteLength).toBe(length);
  });

  it('answers 416 to a range beyond the end', async () => {
    expect((await fetch(await finishJob(), { headers: { range: 'bytes=99999999-' } })).status).toBe(416);
  });

  it('answers 404 when the secret in the path is wrong', async () => {
    const url = await finishJob();

    expect((await fetch(url.replace(/[0-9a-f]{48}/, 'f'.repeat(48)))).status).toBe(404);
  });
});

describe('faults of a download', () => {
  async function finishJob(fault: FaultInput) {
    const { provider, clock } = await simulateWith(fault);
    const jobId = await orderJob(provider);
    clock.advance(jobSeconds);
    const link = async () => (await readTask(provider, jobId)).output?.video_url ?? '';
    return { provider, link };
  }

  it('kills the link for good on dead_link, until a look gives another', async () => {
    const { link } = await finishJob({ kind: 'dead_link', times: 1 });
    const dead = await link();

    const statuses = [(await fetch(dead)).status, (await fetch(dead)).status];
    const fresh = await fetch(await link());

    expect(statuses).toEqual([404, 404]);
    expect(fresh.status).toBe(200);
    await fresh.arrayBuffer();
  });

  it('breaks off in the middle on truncated_video', async () => {
    const { link } = await finishJob({ kind: 'truncated_video' });

    const response = await fetch(await link());

    expect(Number(response.headers.get('content-length'))).toBeGreaterThan(1_000);
    await expect(response.arrayBuffer()).rejects.toThrow('terminated');
  });

  it('sends a page with status 200 on not_a_video', async () => {
    const { link } = await finishJob({ kind: 'not_a_video' });

    const response = await fetch(await link());

    expect(response.status).toBe(200);
    expect(await response.text()).toContain('<!doctype html>');
  });
});
