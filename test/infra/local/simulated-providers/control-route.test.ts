import { describe, expect, it } from 'vitest';
import { piapi } from '../../../../infra/local/simulated-providers/piapi.ts';
import { order, piapiOrder, simulate } from './simulate.ts';

describe('the levers over HTTP', () => {
  it('sets faults and lists jobs with their requests', async () => {
    const { provider } = await simulate({ dialect: piapi });
    const faults = await fetch(`${provider.url}/_simulation/faults`, {
      method: 'PUT',
      body: JSON.stringify([{ kind: 'create_error', status: 500, times: 1 }]),
    });

    const statuses = [(await order(provider)).status, (await order(provider)).status];
    const listed = await (await fetch(`${provider.url}/_simulation/jobs`)).json();

    expect(faults.status).toBe(200);
    expect(statuses).toEqual([500, 200]);
    expect(listed).toMatchObject({
      createRequests: 2,
      jobs: [{ request: piapiOrder({}), status: 'queued' }],
    });
  });

  it('refuses a fault that it does not know', async () => {
    const { provider } = await simulate({ dialect: piapi });
    const body = JSON.stringify([{ kind: 'earthquake' }]);

    const response = await fetch(`${provider.url}/_simulation/faults`, { method: 'PUT', body });

    expect(response.status).toBe(400);
  });
});
