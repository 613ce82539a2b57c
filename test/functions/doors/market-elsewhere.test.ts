import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { toVideoId } from '../../../shared/ids.ts';
import { type ServedApi, startApi } from '../../support/served-api.ts';
import { storeTask } from '../../support/stored-tasks.ts';
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

const paramSchema = z.object({
  data: z.object({ param: z.string().transform((text): unknown => JSON.parse(text)) }),
});
const facts = { format: 'png', bytes: 9, width: 600, height: 400 } as const;
const image = (url: string) => ({ kind: 'url', url, facts }) as const;
const [first, last] = ['https://img.example.com/first.png', 'https://img.example.com/last.png'];
const kept = { kind: 'stored', key: 'inputs/acme/a.png', facts } as const;

describe('a task that was ordered elsewhere, at a door of the market', () => {
  it.each([
    ['both frames', { firstFrameImage: image(first), lastFrameImage: image(last) }, [first, last]],
    ['a first frame alone', { firstFrameImage: image(first) }, [first, undefined]],
    ['a last frame alone', { lastFrameImage: image(last) }, [last, undefined]],
    [
      'a first frame in the bucket',
      { firstFrameImage: kept, lastFrameImage: image(last) },
      [undefined, last],
    ],
    [
      'a last frame in the bucket',
      { firstFrameImage: image(first), lastFrameImage: kept },
      [first, undefined],
    ],
  ])('shows the links of %s', async (_, images, [image_url, end_image_url]) => {
    const { id } = await storeTask(api.tables, {}, { request: { prompt: 'Fog', ...images } });

    const { body } = await marketCalls(api, api.keys.acme).lookAt(toVideoId(id));

    const { input } = z.object({ input: z.looseObject({}) }).parse(paramSchema.parse(body).data.param);
    expect([input['image_url'], input['end_image_url']]).toEqual([image_url, end_image_url]);
  });
});
