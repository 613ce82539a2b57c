import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMediaStore } from '../../shared/storage/media-store.ts';
import { openPainGateway, type PainGateway } from './pain-gateway.ts';
import { pains } from './pains.ts';

let gateway: PainGateway;
beforeAll(async () => {
  gateway = await openPainGateway();
});
afterAll(() => gateway.close());

const byCallback = { model: 'hailuo-01', provider: 'piapi' };

describe('money charged twice', () => {
  it(`${pains[1]}: the repeat gets the first task`, async () => {
    const json = { ...byCallback, prompt: 'pain 1' };
    const first = await gateway.order(json, { 'x-stainless-retry-count': '0' });
    const repeat = await gateway.order(json, { 'x-stainless-retry-count': '1' });
    const keyed = await gateway.order({ ...json, prompt: 'pain 1, keyed' }, { 'idempotency-key': 'once' });
    const again = await gateway.order({ ...json, prompt: 'pain 1, keyed' }, { 'idempotency-key': 'once' });
    await gateway.runToEnd();
    expect([repeat, again]).toEqual([first, keyed]);
    expect([gateway.countJobs('pain 1'), gateway.countJobs('pain 1, keyed')]).toEqual([1, 1]);
  });

  it(`${pains[2]}: what may have been taken is never sent again, anywhere`, async () => {
    gateway.breakProvider('cloudsway', { kind: 'drop_after_accepting', promptIncludes: 'pain 2' });
    const task = await gateway.orderToEnd({
      model: 'hailuo-01',
      provider: 'cloudsway,piapi',
      prompt: 'pain 2',
    });
    expect(gateway.countJobs('pain 2')).toBe(1);
    expect(task).toMatchObject({ state: 'failed', failure: { code: 'submit_unknown' } });
    expect(task.attempts).toHaveLength(1);
  });

  it(`${pains[3]}: the next execution goes on with the same job`, async () => {
    const id = await gateway.order({ ...byCallback, prompt: 'pain 3' });
    gateway.clock.schedule(
      new Date(gateway.clock.now().getTime() + 30_000),
      () => void gateway.kill(id, true),
    );
    gateway.sweepUntilDone();
    await gateway.runToEnd();
    expect(await gateway.readTask(id)).toMatchObject({ state: 'completed', run: 2 });
    expect(gateway.countJobs('pain 3')).toBe(1);
  });

  it(`${pains[4]}: six deliveries make one task, also after it has completed`, async () => {
    const media = createMediaStore({ client: gateway.clients.s3, bucket: gateway.stack.bucket });
    const key = 'inbox/acme/pain-4.json';
    const json = JSON.stringify({ ...byCallback, prompt: 'pain 4' });
    await media.putObject(key, json, 'application/json');
    await Promise.all(Array.from({ length: 5 }, () => gateway.takeInFile(key)));
    await gateway.runToEnd();
    await gateway.takeInFile(key);
    await gateway.runToEnd();
    const { body } = await gateway.call({ path: '/v1/videos?limit=100' });
    const videos = JSON.stringify(body).match(/"prompt":"pain 4"/g);
    expect(videos).toHaveLength(1);
    expect(JSON.stringify(body)).toMatch(/"status":"completed"[^{]*"prompt":"pain 4"/);
    expect(gateway.countJobs('pain 4')).toBe(1);
  });

  it(`${pains[5]}: five at once charge one price`, async () => {
    gateway.breakProvider('piapi', { kind: 'duplicate_callback', promptIncludes: 'pain 5' });
    const before = await gateway.readMonth();
    const task = await gateway.orderToEnd({ ...byCallback, prompt: 'pain 5' });
    expect(task).toMatchObject({ state: 'completed', chargeMicroUsd: 200_000 });
    expect((await gateway.readMonth()).spentMicroUsd - before.spentMicroUsd).toBe(200_000);
  });
});
