import OpenAI, { toFile } from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { idSchema, type WayIn, ways } from '../functions/doors/ways-in.ts';
import { createContractedFetch, withLastingFaults } from '../support/contract/contracted-fetch.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { createPng } from '../support/images.ts';
import { type Customer, newCustomer } from './support/customer.ts';
import { createContractedApi } from './support/public-api.ts';
import { waitUntil } from './support/wait-until.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.close());

/** Every film begins so. */
function typeOf(bytes: ArrayBuffer): string {
  return Buffer.from(bytes).toString('latin1', 4, 8);
}

describe.concurrent('the official client of OpenAI', () => {
  const open = () => {
    const { apiKey } = gateway.local;
    const fetch = withLastingFaults(createContractedFetch(gateway.url));
    return new OpenAI({ apiKey, baseURL: `${gateway.url}/v1`, fetch });
  };

  it('orders a video from a file, finds it in its list, downloads, remixes and deletes it', async () => {
    const { videos } = open();
    const image = await toFile(createPng({ width: 640, height: 480 }), 'frame.png', { type: 'image/png' });
    const created = await videos.create({ prompt: 'It moves', model: 'hailuo-01', input_reference: image });
    const { gateway: made } = await createContractedApi(gateway.local).untilOver(created.id);

    const completed = await videos.retrieve(created.id);
    expect(completed).toMatchObject({ id: created.id, status: 'completed', progress: 100 });
    const remixed = await videos.remix(created.id, { prompt: 'It moves back' });
    const listed: string[] = [];
    for await (const { id } of videos.list({ limit: 1 })) listed.push(id);
    expect(listed).toEqual([remixed.id, created.id]);
    const bytes = await (await videos.downloadContent(created.id)).arrayBuffer();
    expect([typeOf(bytes), bytes.byteLength]).toEqual(['ftyp', made.result?.bytes]);
    expect(await videos.delete(created.id)).toMatchObject({ deleted: true });
    await expect(videos.retrieve(created.id)).rejects.toMatchObject({ status: 404, code: 'not_found' });
  });

  it('reads what is wrong with an order from its error', async () => {
    const refused = open().videos.create({ prompt: 'A lighthouse', model: 'sora-2' });

    await expect(refused).rejects.toMatchObject({ status: 422, code: 'unknown_model', param: 'model' });
  });
});

const { conch: _, ...providersWays } = ways;

describe.concurrent("the client of a provider's API", () => {
  it.each(Object.entries(providersWays))('orders, looks and gets its video: %s', async (dialect, way) => {
    const customer = await newCustomer(gateway.local, dialect === 'kie-market' ? { door: 'kie' } : {});
    const created = await customer.call(way.path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(way.order),
    });
    expect(created.status).toBe(200);
    const id = idSchema.parse(await created.json());

    const link = await waitUntil('a link', () => findLink(way, id, customer), { intervalMs: 500 });
    const film = await fetch(link);
    expect([film.status, typeOf(await film.arrayBuffer())]).toEqual([200, 'ftyp']);
  });
});

/** Cloudsway names a file, whose link comes in a second step. */
async function findLink({ look }: WayIn, id: string, { call }: Customer): Promise<string | undefined> {
  const task = await (await call(look(id))).text();
  const [, fileId] = /"fileId":"(\d+)"/.exec(task) ?? [];
  const file = look('').replace(/task\/$/, `file?taskId=${id}&fileId=${fileId}`);
  const shown = fileId === undefined ? task : await (await call(file)).text();
  return /http:[^"\\]+\.mp4/.exec(shown)?.[0];
}
