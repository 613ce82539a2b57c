import { describe, expect, it } from 'vitest';
import { type JobInputs, toJobRequest } from '../../../functions/steps/submit-to-provider/job-request.ts';
import type { ImageLimits, Offer } from '../../../shared/domain/offer.ts';
import { anOffer, anOrder, type OrderOverrides } from '../../support/orders.ts';

const limits: ImageLimits = {
  formats: ['png'],
  maxBytes: 1000,
  minSidePixels: 300,
  isMinSideExclusive: false,
  aspect: [0.4, 2.5],
  takesDataUrls: true,
};
const facts = { format: 'png', bytes: 6, width: 300, height: 300 } as const;
const stored = { kind: 'stored', key: 'inputs/acme/a.png', facts } as const;
const fromImage = { operation: 'i2v', image: limits } as const;

function make(order: OrderOverrides, changes: Partial<JobInputs> = {}, baseUrl = 'https://api.example.com') {
  const { task, request } = anOrder(order);
  const offers: readonly Offer[] = [anOffer(order.offer)];
  return toJobRequest(task, request, {
    providers: new Map([['piapi', { baseUrl, offers }]]),
    presignInput: async (key) => `http://127.0.0.1:9000/media/${key}?signed`,
    readInput: async () => Buffer.from('pixels'),
    ...changes,
  });
}

describe('toJobRequest', () => {
  it('puts camera moves into the words of the offer that is bought', async () => {
    const request = { prompt: 'Sea [Pan left]' };

    expect(await make({ offer: { camera: 'lateral' }, request })).toMatchObject({
      prompt: 'Sea [Tilt Left]',
    });
    expect(await make({ offer: { camera: 'rotating' }, request })).toMatchObject(request);
    expect(await make({ request })).toMatchObject(request);
  });

  it('sends a prompt as it is when the offer is not sold any more', async () => {
    const request = { prompt: 'Sea [Pan left]' };

    const job = await make({ offer: { camera: 'lateral' }, request }, { providers: new Map() });

    expect(job).toMatchObject(request);
  });

  it('passes on how closely the video shall keep to its prompt', async () => {
    expect(await make({ request: { guidanceScale: 0 } })).toMatchObject({ guidanceScale: 0 });
  });

  it('signs links to the files that are stored, and passes the URLs of others on', async () => {
    const request = {
      firstFrameImage: stored,
      lastFrameImage: { kind: 'url', url: 'https://images.test/b.png', facts } as const,
      sourceVideo: { kind: 'stored', key: 'videos/a.mp4' } as const,
    };

    expect(await make({ request })).toMatchObject({
      firstFrameImageUrl: 'http://127.0.0.1:9000/media/inputs/acme/a.png?signed',
      lastFrameImageUrl: 'https://images.test/b.png',
      sourceVideoUrl: 'http://127.0.0.1:9000/media/videos/a.mp4?signed',
    });
  });

  it('sends the bytes where the provider takes them and cannot follow a link to this machine', async () => {
    const job = await make({ offer: fromImage, request: { firstFrameImage: stored } });

    expect(job.firstFrameImageUrl).toBe(`data:image/png;base64,${Buffer.from('pixels').toString('base64')}`);
  });

  it.each<[string, OrderOverrides['offer'], Partial<JobInputs>, string]>([
    ['the provider is on this machine, too', fromImage, {}, 'http://localhost:9001'],
    [
      'the provider takes no bytes',
      { ...fromImage, image: { ...limits, takesDataUrls: false } },
      {},
      'https://api.example.com',
    ],
    [
      'the link is public',
      fromImage,
      { presignInput: async () => 'https://s3.example.com/a.png' },
      'https://api.example.com',
    ],
    ['the image is gone', fromImage, { readInput: async () => undefined }, 'https://api.example.com'],
  ])('sends a link when %s', async (_, offer = {}, changes, baseUrl) => {
    const job = await make({ offer, request: { firstFrameImage: stored } }, changes, baseUrl);

    expect(job.firstFrameImageUrl).toMatch(/^http.*a\.png/);
  });
});
