import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { openPainGateway, type PainGateway } from './pain-gateway.ts';
import { pains } from './pains.ts';

let gateway: PainGateway;
beforeAll(async () => {
  gateway = await openPainGateway();
});
afterAll(() => gateway.close());

const videoSchema = z.object({ gateway: z.object({ result: z.object({ url: z.string() }) }) });

async function readLink(id: string): Promise<string> {
  const { body } = await gateway.call({ path: `/v1/videos/${id}` });
  return new URL(videoSchema.parse(body).gateway.result.url).pathname;
}

describe('results that die', () => {
  it(`${pains[20]}: the file lies in our bucket, and is served when the provider's link is dead`, async () => {
    const id = await gateway.order({ model: 'hailuo-01', provider: 'piapi', prompt: 'pain 20' });
    await gateway.runToEnd();
    gateway.breakProvider('piapi', { kind: 'dead_link', promptIncludes: 'pain 20' });
    const task = await gateway.readTask(id);
    const { headers } = await gateway.call({ path: await readLink(id) });
    const film = await fetch(headers['location'] ?? '');
    expect(task.outputUrl).toBeUndefined();
    expect((await film.arrayBuffer()).byteLength).toBe(task.result?.bytes);
  });

  it(`${pains[21]}: the link of a completed video needs no key`, async () => {
    const id = await gateway.order({ model: 'hailuo-01', provider: 'cloudsway', prompt: 'pain 21' });
    await gateway.runToEnd();
    const answer = await gateway.call({ path: await readLink(id), headers: { authorization: '' } });
    expect(answer.status).toBe(302);
    expect((await fetch(answer.headers['location'] ?? '')).status).toBe(200);
  });
});
