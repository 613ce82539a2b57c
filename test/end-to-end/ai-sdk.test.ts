import { setImmediate } from 'node:timers/promises';
import { experimental_generateVideo as generateVideo } from 'ai';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createConch } from '../../shared/clients/ai-sdk/create-conch.ts';
import { secondsBetween } from '../../shared/clock.ts';
import { sha256 } from '../../shared/ids.ts';
import { createApiFetch } from '../support/api-fetch.ts';
import { withLastingFaults } from '../support/contract/contracted-fetch.ts';
import { type InProcessGateway, startInProcessGateway } from '../support/in-process-gateway.ts';

let gateway: InProcessGateway;
beforeAll(async () => {
  gateway = await startInProcessGateway({ jobSeconds: 180, videoBytes: 100_000 });
});
afterAll(() => gateway.close());

/** Orders from one provider, while the gateway's clock goes on. */
async function generate(prompt: string) {
  // This gateway adds its own key, and holds its answers to the contract.
  const reach = createApiFetch(({ headers: { authorization, ...headers } = {}, ...call }) =>
    gateway.call({ ...call, headers }),
  );
  const fetch = withLastingFaults(reach);
  const conch = createConch({ baseURL: 'http://gateway.test/v1', apiKey: 'any', fetch });
  const providerOptions = { conch: { provider: 'piapi' } };
  let isOver = false;
  const making = generateVideo({ model: conch.video('hailuo-01'), prompt, providerOptions }).finally(() => {
    isOver = true;
  });
  const [outcome] = await Promise.allSettled([making, runUntil(() => isOver)]);
  if (outcome.status === 'rejected') throw outcome.reason;
  return outcome.value;
}

async function runUntil(isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    await gateway.runToEnd();
    await setImmediate();
  }
}

it('the AI SDK waits for a video of three minutes and gets the bytes that were archived', async () => {
  const { video, providerMetadata } = await generate('A lighthouse at dusk');

  const task = await gateway.readTask(`${providerMetadata['conch']?.['id']}`);
  expect(sha256(video.uint8Array)).toBe(task.result?.sha256);
  expect(task).toMatchObject({ state: 'completed', chargeMicroUsd: 200_000 });
  expect(secondsBetween(task.createdAt, task.completedAt ?? '')).toBe(180);
  expect(providerMetadata).toMatchObject({ conch: { cost: { charged: '0.20', hold: 'captured' } } });
});

it('the AI SDK learns how a job failed, and that it costs nothing', async () => {
  gateway.simulated.get('piapi')?.setFaults([{ kind: 'fail', promptIncludes: 'storm' }]);

  await expect(generate('A lighthouse in a storm')).rejects.toMatchObject({
    name: 'AI_APICallError',
    isRetryable: false,
    data: { error: { code: 'generation_failed' }, gateway: { cost: { hold: 'released' } } },
  });
});
