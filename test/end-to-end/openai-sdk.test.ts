import OpenAI from 'openai';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createContractedFetch, withLastingFaults } from '../support/contract/contracted-fetch.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { createContractedApi } from './support/public-api.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.close());

it('the official client orders a video, finds it in its list and downloads it', async () => {
  const { apiKey } = gateway.local;
  const fetch = withLastingFaults(createContractedFetch(gateway.url));
  const client = new OpenAI({ apiKey, baseURL: `${gateway.url}/v1`, fetch });
  const created = await client.videos.create({ prompt: 'A lighthouse at dusk' });
  const { gateway: made } = await createContractedApi(gateway.local).untilOver(created.id);

  const completed = await client.videos.retrieve(created.id);
  const [listed] = (await client.videos.list()).data;
  const content = await client.videos.downloadContent(created.id);
  const bytes = Buffer.from(await content.arrayBuffer());
  expect(completed).toMatchObject({ id: created.id, status: 'completed', progress: 100 });
  expect(listed).toEqual(completed);
  expect(bytes.toString('latin1', 4, 8)).toBe('ftyp');
  expect(bytes.length).toBe(made.result?.bytes);
});
