import { expect, it } from 'vitest';
import { cloudsway } from '../../../../infra/local/simulated-providers/cloudsway.ts';
import { piapi } from '../../../../infra/local/simulated-providers/piapi.ts';
import type { SimulatedProvider } from '../../../../infra/local/simulated-providers/simulated-provider.ts';
import { apiKey, jobSeconds, orderJob, readTask, simulate } from './simulate.ts';

async function cancel(provider: SimulatedProvider, jobId: string) {
  const headers = { 'x-api-key': apiKey, authorization: `Bearer ${apiKey}` };
  const response = await fetch(`${provider.url}/api/v1/task/${jobId}`, { method: 'DELETE', headers });
  return { status: response.status, body: await response.json() };
}

it('cancels a job that has not begun, which then has failed for that and costs nothing', async () => {
  const { provider, clock } = await simulate({ dialect: piapi });
  const jobId = await orderJob(provider);

  expect(await cancel(provider, jobId)).toEqual({
    status: 200,
    body: { code: 200, message: `task ${jobId} canceled` },
  });

  clock.advance(jobSeconds);
  expect(await readTask(provider, jobId)).toMatchObject({
    status: 'failed',
    output: null,
    meta: { usage: { frozen: 0, consume: 0 } },
    error: { raw_message: 'the task was canceled' },
  });
  expect(provider.jobs()).toMatchObject([{ id: jobId, status: 'failed' }]);
});

it.each([
  ['runs', jobSeconds / 2, 'running'],
  ['is done', jobSeconds, 'succeeded'],
])('does not cancel a job that %s', async (_, seconds, status) => {
  const { provider, clock } = await simulate({ dialect: piapi });
  const jobId = await orderJob(provider);
  clock.advance(seconds);

  expect(await cancel(provider, jobId)).toMatchObject({ status: 400, body: { code: 400, data: null } });
  expect(provider.jobs()).toMatchObject([{ status }]);
});

it('does not cancel a job a second time, nor one that is none', async () => {
  const { provider } = await simulate({ dialect: piapi });
  const jobId = await orderJob(provider);
  await cancel(provider, jobId);

  expect(await cancel(provider, jobId)).toMatchObject({ status: 400 });
  expect(await cancel(provider, 'another')).toMatchObject({ status: 404 });
});

it('remembers after a restart which jobs were canceled', async () => {
  const { provider, dataDirectory } = await simulate({ dialect: piapi });
  const jobId = await orderJob(provider);
  await cancel(provider, jobId);

  const restarted = await simulate({ dialect: piapi, dataDirectory });

  expect(restarted.provider.jobs()).toMatchObject([{ id: jobId, status: 'failed' }]);
});

it('has no such route where the provider has none', async () => {
  const { provider } = await simulate({ dialect: cloudsway });

  expect(await cancel(provider, 'job-1')).toMatchObject({ status: 404 });
});
