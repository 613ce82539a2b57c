import { expect, it } from 'vitest';
import * as z from 'zod';
import { apikley } from '../../../../infra/local/simulated-providers/apikley.ts';
import type { SimulatedProvider } from '../../../../infra/local/simulated-providers/simulated-provider.ts';
import { readFixture } from '../../../support/read-fixture.ts';
import { apiKey, jobSeconds, simulate } from './simulate.ts';

const headers = { authorization: `Bearer ${apiKey}` };
const example = { ...JSON.parse(readFixture('apikley/create-document-example')), callBackUrl: undefined };
const createdSchema = z.object({ data: z.object({ taskId: z.string() }) });

function order(provider: SimulatedProvider, body: unknown): Promise<Response> {
  const url = `${provider.url}/api/v1/jobs/createTask`;
  return fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
}

function look(provider: SimulatedProvider, taskId: string): Promise<Response> {
  return fetch(`${provider.url}/api/v1/jobs/recordInfo?taskId=${taskId}`, { headers });
}

it('takes the order of the document and shows its video, but no cost', async () => {
  const { provider, clock } = await simulate({ dialect: apikley });

  const created: unknown = await (await order(provider, example)).json();
  const { taskId } = createdSchema.parse(created).data;
  clock.advance(jobSeconds);
  const record = await (await look(provider, taskId)).json();

  expect(created).toEqual({
    code: 200,
    msg: 'success',
    data: { taskId: expect.stringMatching(/^task_hailuo_\d{13,}$/) },
  });
  const resultJson = expect.stringMatching(/^\{"resultUrls":\["http:/);
  expect(record).toMatchObject({
    code: 200,
    message: 'success',
    data: { taskId, state: 'success', resultJson },
  });
  expect(JSON.stringify(record)).not.toContain('creditsConsumed');
});

it.each([
  ['has no prompt', { ...example, input: {} }],
  ['names a model that is not sold here', { ...example, model: 'hailuo/2-3-image-to-video-pro' }],
])('refuses an order that %s with a code in a 200', async (_name, body) => {
  const { provider } = await simulate({ dialect: apikley });
  const response = await order(provider, body);
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({ code: 422, msg: expect.any(String), data: null });
  expect(provider.jobs()).toEqual([]);
});

it('answers 200 with the code in the body for a wrong key and an unknown task, and 500 with 500', async () => {
  const { provider } = await simulate({ dialect: apikley });

  const keyless = await fetch(`${provider.url}/api/v1/jobs/recordInfo?taskId=1`);
  const absent = await look(provider, 'none');
  provider.setFaults([{ kind: 'create_error', status: 500 }]);
  const broken = await order(provider, example);

  expect([keyless.status, await keyless.json()]).toMatchObject([200, { code: 401 }]);
  expect([absent.status, await absent.json()]).toMatchObject([200, { code: 404, msg: 'recordInfo is null' }]);
  expect([broken.status, await broken.json()]).toMatchObject([500, { code: 500 }]);
});
