import { describe, expect, it } from 'vitest';
import { parseOrder } from '../../../shared/ordering/parse-order.ts';

const fieldsOf = (body: object) => {
  const { draft, violations } = parseOrder(body);
  expect(violations).toEqual([]);
  return draft.fields;
};

describe('parseOrder', () => {
  it.each([
    [{ seconds: 6 }, { seconds: 6 }],
    [{ seconds: '6' }, { seconds: 6 }],
    [{ seconds: 0 }, { seconds: 0 }],
    [{ resolution: '720p' }, { resolution: '720P' }],
    [{ resolution: '1080' }, { resolution: '1080P' }],
    [{ resolution: 720 }, { resolution: '720P' }],
    [{ size: '1280X720' }, { size: '1280x720' }],
    [{ provider: 'auto' }, { provider: undefined }],
    [{ provider: 'PiAPI' }, { provider: 'piapi' }],
    [{ max_cost_usd: 0.25 }, { maxCostMicroUsd: 250_000 }],
    [{ max_cost_usd: '0' }, { maxCostMicroUsd: 0 }],
    [{ prompt_optimizer: false }, { promptOptimizer: false }],
    [{ seed: 0 }, { seed: 0 }],
    [{ prompt: '' }, { prompt: undefined }],
    [{ prompt: ' padded ' }, { prompt: ' padded ' }],
    [{ metadata: {} }, { metadata: {} }],
  ])('reads %j as %j', (body, fields) => {
    expect(fieldsOf(body)).toMatchObject(fields);
  });

  it.each([
    ['seconds', [true, null, '', 'six', '6s', {}, [6]]],
    ['resolution', [true, null, {}]],
    ['size', ['large', 720, '1280*720']],
    ['aspect_ratio', ['wide', 1.5]],
    ['seed', [1.5, '7', null]],
    ['prompt_optimizer', ['true', 1, 0, null]],
    ['max_cost_usd', ['', 'much', -1, '-0.5', true]],
    ['metadata', ['x', [], 5]],
    ['model', [5, null]],
    ['prompt', [5, null, '\ud800', 'a\udc00b']],
    ['provider', [5]],
    [
      'first_frame_image',
      [
        5,
        null,
        '',
        'file.png',
        'ftp://a/b.png',
        'https://a.test/\ud800',
        {},
        { url: 'https://a.test' },
        'data:,x',
      ],
    ],
  ])('refuses %s as %j for its type', (param, values) => {
    for (const value of values) {
      const { violations } = parseOrder({ [param]: value });
      expect(violations, JSON.stringify(value)).toMatchObject([{ param, code: 'wrong_type' }]);
    }
  });

  it('keeps what is right beside what is wrong', () => {
    const { draft, violations } = parseOrder({ model: 'hailuo-01', seconds: true, metadata: { a: 1 }, x: 1 });

    expect(draft.fields).toMatchObject({ model: 'hailuo-01', seconds: undefined, metadata: undefined });
    expect(violations.map(({ param }) => param).sort()).toEqual(['metadata.a', 'seconds', 'x']);
  });

  it.each(['seconds', 'resolution', 'seed', 'max_cost_usd'])('shows %s that is no finite number', (param) => {
    const { violations } = parseOrder(JSON.parse(`{"${param}": 1e999}`));

    expect(violations[0]?.message).toMatch(/got a number out of range$/);
  });

  it('shows what was given, but neither prompts nor images', () => {
    const secret = 'https//secret.test/token';
    const messages = parseOrder({ seconds: 'six', prompt: [secret], first_frame_image: secret }).violations;

    expect(messages.map(({ message }) => message).join()).toContain('got "six"');
    expect(JSON.stringify(messages)).not.toContain('secret');
  });

  it('reads an image in every form', () => {
    const url = 'https://images.test/a.png';
    const png = Buffer.from('png');
    const forms = [url, { image_url: url }, { image_url: { url } }, { file_id: 'file_x' }, png];
    const data = `data:image/png;base64,${png.toString('base64')}`;

    const images = [...forms, data].map(
      (form) => parseOrder({ subject_image: form }).draft.images.subjectImage,
    );

    const fromUrl = { kind: 'url', url };
    const fromBytes = { kind: 'bytes', bytes: png };
    expect(images).toEqual([
      fromUrl,
      fromUrl,
      fromUrl,
      { kind: 'file', fileId: 'file_x' },
      fromBytes,
      fromBytes,
    ]);
  });

  it.each(['first_frame_image', 'input_reference'])('takes %s as the first frame', (param) => {
    const { draft } = parseOrder({ [param]: 'https://images.test/a.png' });

    expect(draft.images.firstFrameImage).toMatchObject({ kind: 'url' });
    expect(draft.imageParams).toMatchObject({ firstFrameImage: param });
  });
});
