import { SFNClient } from '@aws-sdk/client-sfn';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { toCallbackAnswer } from '../../../functions/callback/callback-answer.ts';
import { receiveCallback } from '../../../functions/callback/receive-callback.ts';
import type { LocalServer } from '../../../infra/local/local-server.ts';
import { minimax as dialect } from '../../../infra/local/simulated-providers/minimax.ts';
import type { Attempt, Task } from '../../../shared/domain/task.ts';
import { newSecret, sha256 } from '../../../shared/ids.ts';
import { loadProviders } from '../../../shared/providers/registry.ts';
import { upstreamHttp } from '../../../shared/providers/upstream-http.ts';
import { requireTask } from '../../../shared/storage/task-store.ts';
import { apiKey, simulate } from '../../infra/local/simulated-providers/simulate.ts';
import { requestFor } from '../../shared/providers/job-requests.ts';
import { startCallbackServer } from '../../support/in-process-callbacks.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { placeTestOrder } from '../../support/orders.ts';
import { startTables, type Tables } from '../../support/tables.ts';

const secret = newSecret();
const challenge = JSON.stringify({ challenge: 'abc' });
const clock = createManualClock();

let tables: Tables;
let server: LocalServer;
let task: Task;
beforeEach(async () => {
  tables = await startTables();
  const providers = loadProviders({}, ['minimax']);
  // Nobody listens there: whoever rang would fail.
  const executions = new SFNClient({ endpoint: 'http://127.0.0.1:1', maxAttempts: 1 });
  const context = { tasks: tables.tasks, executions, providers, clock };
  server = await startCallbackServer((path, message) => receiveCallback(path, message, context));
  task = await claimed(await placeTestOrder(tables, { offer: { provider: 'minimax' } }));
});
afterEach(async () => {
  await server.close();
  await tables.close();
});

/** As the row is while the order is under way: challenges come before its answer. */
async function claimed({ id, provider, nativeModel }: Task): Promise<Task> {
  const attempt: Attempt = {
    number: 1,
    provider,
    nativeModel,
    priceMicroUsd: 280_000,
    claimedAt: clock.now().toISOString(),
    claimId: 'claim-1',
    callbackSecretHash: sha256(secret),
  };
  const claim = { from: ['accepted'], to: 'submitting', set: { attempts: [attempt] } } as const;
  await tables.tasks.transition(id, claim);
  return requireTask(id, tables.tasks);
}

function post(body: string, segments = ['minimax', task.id, '1', secret]): Promise<Response> {
  return fetch(`${server.url}/callbacks/${segments.join('/')}`, { method: 'POST', body });
}

describe('the answer to a callback', () => {
  it('is the challenge and nothing else, and changes nothing on the row', async () => {
    await tables.tasks.amend(task.id, { set: { taskToken: 'sleeper-1' } });
    const before = await requireTask(task.id, tables.tasks);

    const response = await post(challenge);

    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/json']);
    expect(await response.text()).toBe(challenge);
    expect(await requireTask(task.id, tables.tasks)).toEqual(before);
  });

  it('is the challenge also when the task has ended', async () => {
    await tables.tasks.transition(task.id, { from: ['submitting'], to: 'failed' });

    expect(await (await post(challenge)).text()).toBe(challenge);
  });

  it('is 404, without the challenge, at a path that is not right to the last segment', async () => {
    const wrongPaths = [
      ['minimax', task.id, '1', newSecret()],
      ['minimax', task.id, '2', secret],
      ['minimax', '0de0b6b3a7640000', '1', secret],
      ['minimax', 'no-task', '1', secret],
      ['another', task.id, '1', secret],
    ];
    for (const segments of wrongPaths) {
      const response = await post(challenge, segments);
      expect([response.status, await response.text()]).toEqual([404, '{"receipt":"unknown"}']);
    }
  });

  it('is no echo of a challenge that is too long, which is ignored', async () => {
    const response = await post(JSON.stringify({ challenge: 'x'.repeat(100_000) }));

    expect([response.status, await response.text()]).toEqual([200, '{"receipt":"ignored"}']);
    expect((await requireTask(task.id, tables.tasks)).wake).toBeUndefined();
  });

  it('lets a provider that challenges take the order', async () => {
    const { provider: simulated } = await simulate({ dialect });
    const provider = loadProviders({ MINIMAX_BASE_URL: simulated.url }, ['minimax']).get('minimax');
    const [offer] = provider?.offers ?? [];
    if (provider === undefined || offer === undefined) throw new Error('There is no offer');
    const context = { apiKey, http: upstreamHttp, clock, signal: AbortSignal.timeout(10_000) };
    const target = (last: string) => ({
      url: `${server.url}/callbacks/minimax/${task.id}/1/${last}`,
      proof: '',
    });

    const taken = await provider.submit(requestFor(offer), context, target(secret));
    const refused = await provider.submit(requestFor(offer), context, target(newSecret()));

    expect(taken.kind).toBe('accepted');
    expect(refused).toMatchObject({ kind: 'refused', failure: { code: 'invalid_request' } });
  });

  it.each([
    ['rang', 200],
    ['ignored', 200],
    ['bad_proof', 401],
    ['unknown', 404],
  ] as const)('names the receipt: %s is HTTP %i', (kind, statusCode) => {
    const body = JSON.stringify({ receipt: kind });
    expect(toCallbackAnswer({ kind })).toMatchObject({ statusCode, body });
  });
});
