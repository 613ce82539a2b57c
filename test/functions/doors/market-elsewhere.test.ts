import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ServedApi, startApi } from '../../support/served-api.ts';
import { marketCalls } from './market-calls.ts';

let api: ServedApi;
beforeAll(async () => {
  api = await startApi({ CONCH_PROVIDERS: 'minimax' });
});
afterAll(() => api.close());

describe('a door whose own provider is not enabled', () => {
  it('has its orders served by another that has the model', async () => {
    const { order, lookAt } = marketCalls(api, api.keys.acme);
    const model = 'hailuo/02-text-to-video-pro';

    const { task, taskId } = await order({ model, input: { prompt: 'Fog' } });

    expect(task).toMatchObject({ provider: 'minimax', model: 'hailuo-02', seconds: 6, resolution: '1080P' });
    expect((await lookAt(taskId)).body).toMatchObject({ data: { model, state: 'waiting' } });
  });
});
