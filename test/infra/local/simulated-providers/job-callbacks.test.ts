import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { piapi } from '../../../../infra/local/simulated-providers/piapi.ts';
import { startScriptedUpstream } from '../../../support/scripted-upstream.ts';
import { jobSeconds, order, piapiOrder, simulate } from './simulate.ts';

const secret = 'proof-of-the-callback';

async function startReceiver() {
  const receiver = await startScriptedUpstream();
  onTestFinished(() => receiver.close());
  return { receiver, callback: { endpoint: `${receiver.url}/callbacks/secret`, secret } };
}

describe('the callback of a job', () => {
  it('is sent once the job has ended, and not again after a 2xx', async () => {
    const { provider, clock, dataDirectory } = await simulate({ dialect: piapi });
    const { receiver, callback } = await startReceiver();
    receiver.reply({});
    await order(provider, piapiOrder({ callback }));

    clock.advance(jobSeconds - 1);
    expect(provider.jobs()[0]?.callbackTries).toBe(0);
    clock.advance(1);
    const log = join(dataDirectory, 'piapi-jobs.jsonl');
    await vi.waitFor(async () => expect(await readFile(log, 'utf8')).toContain('called_back'));

    expect(clock.advanceToNextTimer()).toBe(false);
    expect(receiver.requests).toHaveLength(1);
    expect(receiver.requests[0]).toMatchObject({ method: 'POST', path: '/callbacks/secret' });
  });

  it('is tried five times at growing intervals while nobody answers with a 2xx', async () => {
    const { provider, clock, dataDirectory } = await simulate({ dialect: piapi });
    const { receiver, callback } = await startReceiver();
    receiver.reply({ status: 500 }, { status: 302 }, 'reset', { status: 404 }, { status: 503 });
    await order(provider, piapiOrder({ callback }));

    const triedAt: number[] = [];
    const start = clock.now().getTime();
    for (let tries = 1; tries <= 5; tries += 1) {
      await vi.waitFor(() => expect(clock.advanceToNextTimer()).toBe(true));
      triedAt.push((clock.now().getTime() - start) / 1000);
      await vi.waitFor(() => expect(receiver.requests).toHaveLength(tries));
    }

    expect(triedAt).toEqual([10, 12, 17, 27, 47]);
    const log = join(dataDirectory, 'piapi-jobs.jsonl');
    await vi.waitFor(async () => expect(await readFile(log, 'utf8')).toContain('called_back'));
    expect(clock.advanceToNextTimer()).toBe(false);
  });

  it('is sent after a restart when it was not delivered before', async () => {
    const { receiver, callback } = await startReceiver();
    const first = await simulate({ dialect: piapi });
    await order(first.provider, piapiOrder({ callback }));
    await first.provider.close();
    receiver.reply({});

    const second = await simulate({ dialect: piapi, dataDirectory: first.dataDirectory });
    second.clock.advance(jobSeconds);
    await vi.waitFor(() => expect(receiver.requests).toHaveLength(1));
  });

  it('is not sent again after a restart when it was delivered', async () => {
    const { receiver, callback } = await startReceiver();
    receiver.reply({});
    const first = await simulate({ dialect: piapi });
    await order(first.provider, piapiOrder({ callback }));
    first.clock.advance(jobSeconds);
    const log = join(first.dataDirectory, 'piapi-jobs.jsonl');
    await vi.waitFor(async () => expect(await readFile(log, 'utf8')).toContain('called_back'));
    await first.provider.close();

    const second = await simulate({ dialect: piapi, dataDirectory: first.dataDirectory });

    expect(second.clock.advanceToNextTimer()).toBe(false);
  });
});
