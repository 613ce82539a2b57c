import { globSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { providerDefinitions } from '../../shared/providers/registry.ts';
import { openPainGateway, type PainGateway } from './pain-gateway.ts';
import { pains } from './pains.ts';

let gateway: PainGateway;
beforeAll(async () => {
  gateway = await openPainGateway();
});
afterAll(() => gateway.close());

describe('errors, limits, security, reach', () => {
  it(`${pains[22]}: the video says it, with the provider's own code`, async () => {
    gateway.breakProvider('piapi', { kind: 'fail', promptIncludes: 'pain 22' });
    const id = await gateway.order({ model: 'hailuo-01', provider: 'piapi', prompt: 'pain 22' });
    await gateway.runToEnd();
    expect((await gateway.call({ path: `/v1/videos/${id}` })).body).toMatchObject({
      error: { code: 'generation_failed', message: expect.stringContaining('generation failed') },
      gateway: { failure: { provider_code: '10000' } },
    });
  });

  it(`${pains[23]}: of fifteen orders at once ten run, the others wait their turn`, async () => {
    const prompts = Array.from({ length: 15 }, (_, index) => `pain 23, ${index}`);
    const ids = await Promise.all(
      prompts.map((prompt) => gateway.order({ model: 'hailuo-02', provider: 'kie', prompt })),
    );
    await gateway.runToEnd();
    const tasks = await Promise.all(ids.map((id) => gateway.readTask(id)));
    const jobs =
      gateway.simulated
        .get('kie')
        ?.jobs()
        .filter(({ prompt }) => prompt.startsWith('pain 23')) ?? [];
    const starts = tasks.map(({ attempts }) => attempts[0]?.outcomeAt ?? '').sort();
    const tenthEnds = tasks.map(({ completedAt = '' }) => completedAt).sort();
    expect(new Set(tasks.map(({ state }) => state))).toEqual(new Set(['completed']));
    expect(jobs).toHaveLength(15);
    // The eleventh starts after somebody has made room.
    expect((starts[10] ?? '') >= (tenthEnds[0] ?? '~')).toBe(true);
  });

  it(`${pains[24]}: private addresses, foreign ids and guessed callbacks reach nothing`, async () => {
    const json = { model: 'hailuo-01', provider: 'piapi', prompt: 'pain 24' };
    for (const url of ['https://127.0.0.1/a.png', 'https://169.254.169.254/latest', 'https://[::1]/a.png'])
      expect((await gateway.tryOrder({ ...json, first_frame_image: url })).status).toBe(422);
    expect((await gateway.call({ path: '/v1/videos/https%3A%2F%2Fevil.example' })).status).toBe(404);
    gateway.breakProvider(
      'piapi',
      { kind: 'forge_callback_path', promptIncludes: 'pain 24' },
      { kind: 'forge_callback_proof', promptIncludes: 'pain 24' },
    );
    const task = await gateway.orderToEnd(json);
    expect(task).toMatchObject({ state: 'completed' });
    // Only the true callback rang: at the end, and not when the forger claimed success.
    expect(gateway.invocations.filter(({ name }) => name === 'Callback').length).toBeGreaterThan(1);
    expect(Date.parse(task.completedAt ?? '') - Date.parse(task.createdAt)).toBe(180_000);
  });

  it(`${pains[25]}: outside its own folder a provider is named in the lists only`, () => {
    const names = providerDefinitions.map(({ name }) => name).join('|');
    const word = new RegExp(`(?<![a-z])(${names})`, 'i');
    const others = globSync('{functions,shared,infra}/**/*.ts').filter(
      (file) => !/^shared\/providers\/[^/]+\/|simulated-providers/.test(file),
    );
    const naming = others.filter((file) => word.test(readFileSync(file, 'utf8')));
    expect(naming).toEqual([
      'shared/providers/door-contracts.ts',
      'shared/providers/doors.ts',
      'shared/providers/registry.ts',
    ]);
  });
});
