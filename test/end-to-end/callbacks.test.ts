import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CallbackFault } from '../../infra/local/simulated-providers/faults.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { newCustomer } from './support/customer.ts';
import { controlSimulation, type SimulationControl } from './support/simulation.ts';
import { waitUntil } from './support/wait-until.ts';

interface Case {
  readonly callback: string;
  readonly fault: CallbackFault;
  /** How many callbacks the provider sends altogether. */
  readonly calls: number;
}

const cases: readonly Case[] = [
  { callback: 'comes before the order is answered', fault: { kind: 'early_callback' }, calls: 1 },
  { callback: 'comes five times at once', fault: { kind: 'duplicate_callback' }, calls: 5 },
  {
    callback: 'comes after the first look found the video',
    fault: { kind: 'delay_callback', seconds: 4 },
    calls: 1,
  },
  { callback: 'is forged without the proof', fault: { kind: 'forge_callback_proof' }, calls: 2 },
  {
    callback: 'is forged with a guessed secret in its path',
    fault: { kind: 'forge_callback_path' },
    calls: 2,
  },
  { callback: 'comes while the job still runs', fault: { kind: 'non_terminal_callback' }, calls: 2 },
  { callback: 'never comes', fault: { kind: 'lose_callback' }, calls: 0 },
];

let gateway: TestGateway;
let piapi: SimulationControl;

beforeAll(async () => {
  gateway = await startTestGateway();
  piapi = controlSimulation(gateway.local, 'piapi');
  await piapi.setFaults(cases.map(({ fault, callback }) => ({ ...fault, promptIncludes: callback })));
});
afterAll(() => gateway.close());

describe('a callback', () => {
  it.concurrent.each(cases)(
    'that $callback leaves one completed task, one job and one charge',
    async ({ callback, calls }) => {
      const customer = await newCustomer(gateway.local);
      const { id } = await customer.order({ prompt: callback, model: 'hailuo-01', provider: 'piapi' });
      const video = await customer.untilOver(id);
      await untilCalledBack(callback, calls);

      expect(video).toMatchObject({ status: 'completed', gateway: { cost: { charged: '0.20' } } });
      expect(await customer.readVideo(id)).toEqual(video);
      expect(await customer.readMonth()).toEqual({ committedMicroUsd: 0, spentMicroUsd: 200_000 });
      const jobs = await piapi.jobsOf(callback);
      expect(jobs.map(({ id: jobId }) => jobId)).toEqual([video.gateway.attempts[0]?.job_id]);
    },
  );

  it('never makes the gateway order again', async () => {
    expect(await piapi.readState()).toMatchObject({ createRequests: cases.length });
  });
});

function untilCalledBack(prompt: string, calls: number): Promise<true> {
  return waitUntil(`${calls} callbacks`, async () => {
    const [job] = await piapi.jobsOf(prompt);
    return job !== undefined && job.callbackTries >= calls ? true : undefined;
  });
}
