import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { FaultInput } from '../../../../infra/local/simulated-providers/faults.ts';
import { startScriptedUpstream } from '../../../support/scripted-upstream.ts';
import { jobSeconds, orderJob, piapiOrder, simulateWith } from './simulate.ts';

describe('faults of the callback', () => {
  async function orderWithCallback(fault: FaultInput) {
    const receiver = await startScriptedUpstream();
    onTestFinished(() => receiver.close());
    receiver.reply(...Array.from({ length: 9 }, () => ({})));
    const { provider, clock } = await simulateWith(fault);
    const callback = { endpoint: `${receiver.url}/callbacks/task/secret`, secret: 'proof' };
    await orderJob(provider, piapiOrder({ callback }));
    return { receiver, clock, provider };
  }
  const statusIn = (body: string) => JSON.parse(body).data.status;

  it('never comes on lose_callback', async () => {
    const { clock, provider } = await orderWithCallback({ kind: 'lose_callback' });

    expect(clock.advanceToNextTimer()).toBe(false);
    expect(provider.jobs()[0]?.callbacks).toEqual([]);
  });

  it('comes five times on duplicate_callback', async () => {
    const { receiver, clock } = await orderWithCallback({ kind: 'duplicate_callback' });

    clock.advance(jobSeconds);

    await vi.waitFor(() => expect(receiver.requests).toHaveLength(5));
    expect(clock.advanceToNextTimer()).toBe(false);
  });

  it('comes later by the seconds of delay_callback', async () => {
    const { provider, receiver, clock } = await orderWithCallback({ kind: 'delay_callback', seconds: 30 });

    clock.advance(jobSeconds + 29.9);
    expect(provider.jobs()[0]?.callbackTries).toBe(0);
    clock.advance(0.1);
    await vi.waitFor(() => expect(receiver.requests).toHaveLength(1));
  });

  it('comes before the order is answered on early_callback, and tells the truth', async () => {
    const { provider, receiver } = await orderWithCallback({ kind: 'early_callback' });

    expect(receiver.requests.map(({ body }) => statusIn(body))).toEqual(['completed']);
    expect(provider.jobs()[0]?.status).toBe('succeeded');
  });

  it('lies with a wrong proof and without the secret on forge_callback_proof', async () => {
    const { provider, receiver, clock } = await orderWithCallback({ kind: 'forge_callback_proof' });

    clock.advanceToNextTimer();
    await vi.waitFor(() => expect(receiver.requests).toHaveLength(1));

    const [forged] = receiver.requests;
    expect(forged?.path).toBe('/callbacks/task/secret');
    expect(forged?.headers['x-webhook-secret']).not.toBe('proof');
    expect(forged?.body).not.toContain('"proof"');
    expect(statusIn(forged?.body ?? '')).toBe('completed');
    expect(provider.jobs()[0]?.status).toBe('running');
  });

  it('lies at a guessed path with the right proof on forge_callback_path', async () => {
    const { receiver, clock } = await orderWithCallback({ kind: 'forge_callback_path' });

    clock.advanceToNextTimer();
    await vi.waitFor(() => expect(receiver.requests).toHaveLength(1));

    const [forged] = receiver.requests;
    expect(forged?.path).toMatch(/^\/callbacks\/task\/[\w-]{43}$/);
    expect(forged?.headers['x-webhook-secret']).toBe('proof');
  });

  it('comes once while the job runs and once at its end on non_terminal_callback', async () => {
    const { receiver, clock } = await orderWithCallback({ kind: 'non_terminal_callback' });

    clock.advanceToNextTimer();
    await vi.waitFor(() => expect(receiver.requests).toHaveLength(1));
    clock.advance(jobSeconds);
    await vi.waitFor(() => expect(receiver.requests).toHaveLength(2));

    expect(receiver.requests.map(({ body }) => statusIn(body))).toEqual(['processing', 'completed']);
  });
});
