import { appendFile, cp } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { piapi } from '../../../../infra/local/simulated-providers/piapi.ts';
import { jobSeconds, order, orderJob, simulate, temporaryDirectory } from './simulate.ts';

describe('the life of a job', () => {
  it('is queued, then running, and succeeds after the seconds that a job takes', async () => {
    const { provider, clock } = await simulate({ dialect: piapi });
    await order(provider);
    const statuses = [0, 2, jobSeconds - 2.001, 0.001].map((seconds) => {
      clock.advance(seconds);
      return provider.jobs()[0]?.status;
    });

    expect(statuses).toEqual(['queued', 'running', 'running', 'succeeded']);
  });

  it('is on disk before the order is answered: another process finds it after a kill', async () => {
    const first = await simulate({ dialect: piapi });
    const jobId = await orderJob(first.provider);
    const dataDirectory = await temporaryDirectory();
    await cp(first.dataDirectory, dataDirectory, { recursive: true });

    const second = await simulate({ dialect: piapi, dataDirectory });
    second.clock.advance(jobSeconds);

    expect(second.provider.jobs()).toMatchObject([{ id: jobId, status: 'succeeded' }]);
  });

  it('survives when a kill tears the line of a later job', async () => {
    const first = await simulate({ dialect: piapi });
    const jobId = await orderJob(first.provider);
    await first.provider.close();
    await appendFile(join(first.dataDirectory, 'piapi-jobs.jsonl'), '{"event":"accepted","job":{"id":"to');

    const second = await simulate({ dialect: piapi, dataDirectory: first.dataDirectory });
    const laterId = await orderJob(second.provider);
    await second.provider.close();
    const third = await simulate({ dialect: piapi, dataDirectory: first.dataDirectory });

    expect(third.provider.jobs().map(({ id }) => id)).toEqual([jobId, laterId]);
  });
});
