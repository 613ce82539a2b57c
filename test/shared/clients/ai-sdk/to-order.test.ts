import {
  type Experimental_VideoModelV4CallOptions as CallOptions,
  InvalidArgumentError,
  UnsupportedFunctionalityError,
} from '@ai-sdk/provider';
import { describe, expect, it } from 'vitest';
import { toOrder } from '../../../../shared/clients/ai-sdk/to-order.ts';

const none: CallOptions = {
  prompt: 'A lighthouse at dusk',
  n: 1,
  aspectRatio: undefined,
  resolution: undefined,
  duration: undefined,
  fps: undefined,
  seed: undefined,
  image: undefined,
  frameImages: undefined,
  inputReferences: undefined,
  generateAudio: undefined,
  providerOptions: {},
};
const order = (options: Partial<CallOptions>) => toOrder('hailuo-02', { ...none, ...options });

const base = { model: 'hailuo-02', prompt: none.prompt };
const first = { type: 'url', url: 'https://images.example/first.png' } as const;
const last = { type: 'file', mediaType: 'image/png', data: new Uint8Array([1, 2, 3]) } as const;
const film = { type: 'url', url: 'https://images.example/a.mp4', mediaType: 'video/mp4' } as const;

describe('toOrder', () => {
  it.each<[string, Partial<CallOptions>, object]>([
    ['nothing but the prompt', {}, {}],
    ['zeros', { duration: 0, seed: 0 }, { seconds: 0, seed: 0 }],
    ['a resolution', { resolution: '1366x768' }, { size: '1366x768' }],
    ['an aspect ratio', { aspectRatio: '9:16' }, { aspect_ratio: '9:16' }],
    [
      'a resolution and the same ratio',
      { resolution: '1366x768', aspectRatio: '16:9' },
      { size: '1366x768' },
    ],
    [
      'a resolution and another ratio, which the gateway refuses',
      { resolution: '1366x768', aspectRatio: '4:3' },
      { size: '1366x768', aspect_ratio: '4:3' },
    ],
    ['an image', { image: first }, { first_frame_image: first.url }],
    [
      'an image whose shape is taken',
      { image: first, aspectRatio: 'adaptive' },
      { first_frame_image: first.url },
    ],
    [
      'a first frame, which the SDK gives as image too, and a last one',
      {
        image: first,
        frameImages: [
          { image: first, frameType: 'first_frame' },
          { image: last, frameType: 'last_frame' },
        ],
      },
      { first_frame_image: first.url, last_frame_image: 'data:image/png;base64,AQID' },
    ],
    [
      'a last frame beside an image',
      { image: { ...last, data: 'AQID' }, frameImages: [{ image: first, frameType: 'last_frame' }] },
      { first_frame_image: 'data:image/png;base64,AQID', last_frame_image: first.url },
    ],
    ['an input reference', { inputReferences: [first] }, { subject_image: first.url }],
    ['silence', { generateAudio: false }, {}],
    [
      "the gateway's own fields, and those of another provider",
      { providerOptions: { conch: { provider: 'value', max_cost_usd: '0.50' }, fal: { loop: true } } },
      { provider: 'value', max_cost_usd: '0.50' },
    ],
  ])('puts %s into the fields of a create, without a warning', (_, options, fields) => {
    expect(order(options)).toEqual({ body: { ...base, ...fields }, warnings: [] });
  });

  it.each<[string, Partial<CallOptions>]>([
    ['fps', { fps: 24 }],
    ['generateAudio', { generateAudio: true }],
    ['aspectRatio', { aspectRatio: 'adaptive' }],
  ])('warns of %s, which no offer has, and leaves it out', (feature, options) => {
    const warnings = [expect.objectContaining({ type: 'unsupported', feature })];

    expect(order(options)).toEqual({ body: base, warnings });
  });

  it.each<[string, Partial<CallOptions>]>([
    ['two last frames', { frameImages: Array(2).fill({ image: first, frameType: 'last_frame' }) }],
    ['two input references', { inputReferences: [first, last] }],
    ['a video as input reference', { inputReferences: [film] }],
  ])('refuses %s', (_, options) => {
    expect(() => order(options)).toThrow(UnsupportedFunctionalityError);
  });

  it('refuses a field that the call gives as well, instead of choosing one', () => {
    const conch = { seconds: 10, model: 'hailuo-2.3', provider: 'auto' };

    expect(() => order({ duration: 6, providerOptions: { conch } })).toThrow(InvalidArgumentError);
    expect(() => order({ duration: 6, providerOptions: { conch } })).toThrow(/^model, seconds is given/);
  });
});
