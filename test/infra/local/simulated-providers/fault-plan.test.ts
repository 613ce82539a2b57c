import { describe, expect, it } from 'vitest';
import { order, piapiOrder, simulateWith } from './simulate.ts';

describe('the reach of a fault', () => {
  it('strikes as often as it says, then no more', async () => {
    const { provider } = await simulateWith({ kind: 'create_error', status: 503, times: 2 });

    const answers = [await order(provider), await order(provider), await order(provider)];

    expect(answers.map(({ status }) => status)).toEqual([503, 503, 200]);
  });

  it('strikes always when it does not say how often', async () => {
    const { provider } = await simulateWith({ kind: 'create_error', status: 500 });

    const answers = [await order(provider), await order(provider)];

    expect(answers.map(({ status }) => status)).toEqual([500, 500]);
  });

  it('spares prompts without its text', async () => {
    const { provider } = await simulateWith({ kind: 'create_error', status: 500, promptIncludes: 'storm' });
    const stormy = piapiOrder({ input: { model: 't2v-01', prompt: 'A storm at sea' } });

    expect((await order(provider)).status).toBe(200);
    expect((await order(provider, stormy)).status).toBe(500);
  });

  it('leaves its turn to the next fault of the same moment when it is used up', async () => {
    const { provider } = await simulateWith(
      { kind: 'create_error', status: 500, times: 1 },
      { kind: 'create_error', status: 504, times: 1 },
    );

    const answers = [await order(provider), await order(provider), await order(provider)];

    expect(answers.map(({ status }) => status)).toEqual([500, 504, 200]);
  });
});
