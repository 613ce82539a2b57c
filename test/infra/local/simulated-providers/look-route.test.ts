import { describe, expect, it, vi } from 'vitest';
import type { FaultInput } from '../../../../infra/local/simulated-providers/faults.ts';
import { jobSeconds, lookAt, orderJob, readTask, simulateWith } from './simulate.ts';

describe('faults of a look', () => {
  it.each<[FaultInput, number, string]>([
    [{ kind: 'look_error', status: 500 }, 500, 'application/json'],
    [{ kind: 'look_error', status: 504 }, 504, 'application/json'],
    [{ kind: 'look_error', status: 429, retryAfterSeconds: 3 }, 429, 'application/json'],
    [{ kind: 'look_html' }, 200, 'text/html; charset=utf-8'],
  ])('%o spoils one look and leaves the job alone', async (fault, status, contentType) => {
    const { provider } = await simulateWith({ ...fault, times: 1 });
    const jobId = await orderJob(provider);

    const spoilt = await lookAt(provider, jobId);
    const next = await lookAt(provider, jobId);

    expect([spoilt.status, spoilt.headers.get('content-type')]).toEqual([status, contentType]);
    expect(await next.json()).toMatchObject({ data: { status: 'pending' } });
  });

  it('gets no answer on look_hangs', async () => {
    const { provider } = await simulateWith({ kind: 'look_hangs' });
    const jobId = await orderJob(provider);
    const hanging = lookAt(provider, jobId).catch(() => 'the server closed it');

    await vi.waitFor(() => expect(provider.jobs()[0]?.looks).toBe(1));
    await provider.close();

    expect(await hanging).toBe('the server closed it');
  });

  it('shows a word that no document knows on unknown_status', async () => {
    const { provider } = await simulateWith({ kind: 'unknown_status' });
    const jobId = await orderJob(provider);

    expect(await (await lookAt(provider, jobId)).json()).toMatchObject({ data: { status: 'Rendering' } });
  });

  it('withholds the URL from the first looks that see the success on success_without_url', async () => {
    const { provider, clock } = await simulateWith({ kind: 'success_without_url', times: 1 });
    const jobId = await orderJob(provider);
    await lookAt(provider, jobId);
    clock.advance(jobSeconds);

    const first = await readTask(provider, jobId);
    const second = await readTask(provider, jobId);

    expect(first).toMatchObject({ status: 'completed', output: { video_url: '', download_url: '' } });
    expect(second.output?.video_url).toContain('/videos/');
  });
});
