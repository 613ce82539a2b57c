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
    [{ provider: 'auto' }, { providers: undefined, policy: undefined }],
    [{ provider: 'Value' }, { providers: undefined, policy: 'value' }],
    [{ provider: 'fastest' }, { providers: undefined, policy: 'fastest' }],
    [{ provider: 'official' }, { providers: undefined, policy: 'official' }],
    [{ provider: 'PiAPI' }, { providers: ['piapi'], policy: undefined }],
    [{ provider: 'Apixo, piapi' }, { providers: ['apixo', 'piapi'] }],
    [{ provider: ['Apixo', ' piapi '] }, { providers: ['apixo', 'piapi'] }],
    [{ operation: 'upscale' }, { operation: 'upscale' }],
    [
      { operation: 'extend', extend_seconds: '4' },
      { operation: 'extend', seconds: 4 },
    ],
    [{ operation: 'extend', extend_seconds: 0 }, { seconds: 0 }],
    [{ negative_prompt: 'fog' }, { negativePrompt: 'fog' }],
    [{ negative_prompt: ' ' }, { negativePrompt: undefined }],
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
    ['negative_prompt', [5, null, '\ud800']],
    ['operation', ['t2v', 'Upscale', '', 5, null]],
    ['extend_seconds', ['four', null, {}]],
    ['provider', [5, null, '', ' ', [], [5], {}, 'a,', 'a,,b', 'a,A', ['a', 'a'], ['auto', 'a'], 'a,value']],
    ['provider', [Array.from({ length: 11 }, (_, index) => `p${index}`)]],
    [
      'source_video',
      [
        5,
        null,
        '',
        'film.mp4',
        'data:video/mp4;base64,AAAA',
        's3://bucket',
        's3:///key',
        's3://bucket/\ud800',
        `https://a.test/${'a'.repeat(4096)}`,
        {},
        { file_id: 5 },
        { video_id: null },
        { image_url: 'https://a.test/b.mp4' },
        Buffer.from('film'),
      ],
    ],
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
        's3://bucket/',
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
    const object = 's3://media/inputs/acme/a b.png';
    const forms = [url, { image_url: url }, { image_url: { url } }, { file_id: 'file_x' }, object, png];
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
      { kind: 's3', bucket: 'media', key: 'inputs/acme/a b.png' },
      fromBytes,
      fromBytes,
    ]);
  });

  it.each([
    ['https://films.test/a.mov', { kind: 'url', url: 'https://films.test/a.mov' }],
    ['s3://media/outbox/acme/a.mp4', { kind: 's3', bucket: 'media', key: 'outbox/acme/a.mp4' }],
    [{ file_id: 'file_x' }, { kind: 'file', fileId: 'file_x' }],
    [{ video_id: 'video_x' }, { kind: 'video', videoId: 'video_x' }],
  ])('reads a source video given by %j', (form, expected) => {
    expect(parseOrder({ source_video: form }).draft.sourceVideo).toEqual(expected);
  });

  it.each([
    ['seconds', { operation: 'extend', seconds: 4 }, /extend_seconds/],
    ['seconds', { operation: 'extend', seconds: 4, extend_seconds: 4 }, /extend_seconds/],
    ['aspect_ratio', { size: '1280x720', aspect_ratio: '9:16' }, /size says the shape/],
    ['extend_seconds', { extend_seconds: 4 }, /operation "extend"/],
    ['extend_seconds', { operation: 'upscale', extend_seconds: 0 }, /operation "extend"/],
  ])('refuses %s of %j as conflicting', (param, body, message) => {
    const { violations } = parseOrder(body);

    expect(violations).toMatchObject([
      { param, code: 'conflicting_fields', message: expect.stringMatching(message) },
    ]);
  });

  it.each(['first_frame_image', 'input_reference'])('takes %s as the first frame', (param) => {
    const { draft } = parseOrder({ [param]: 'https://images.test/a.png' });

    expect(draft.images.firstFrameImage).toMatchObject({ kind: 'url' });
    expect(draft.imageParams).toMatchObject({ firstFrameImage: param });
  });
});
