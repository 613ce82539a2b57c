import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { type IntakeContext, takeInFile } from '../../../functions/intake/take-in-file.ts';
import type { StepInput } from '../../../shared/domain/workflow-state.ts';
import { ConchError, maxBodyBytes } from '../../../shared/errors.ts';
import { newWebhookSecret } from '../../../shared/ids.ts';
import { createSafeFetch } from '../../../shared/media/safe-fetch.ts';
import { loadProviders } from '../../../shared/providers/registry.ts';
import { createMediaStore, type MediaStore } from '../../../shared/storage/media-store.ts';
import { createFilm } from '../../shared/media/films.ts';
import { createPng } from '../../support/images.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { startMediaBucket } from '../../support/media-bucket.ts';
import { everyDeath, mortalOrdering, untilKilled } from '../../support/mortal.ts';
import { readMonth } from '../../support/orders.ts';
import { startTables, type Tables } from '../../support/tables.ts';

const clock = createManualClock();
let tables: Tables;
let media: MediaStore;
let started: StepInput[];
let context: IntakeContext;

beforeEach(async () => {
  const opened = await startTables();
  onTestFinished(() => opened.close());
  tables = opened;
  media = createMediaStore(await startMediaBucket());
  started = [];
  await tables.accounts.createAccount('acme', clock.now());
  context = {
    offers: [...loadProviders({}, ['piapi', 'cloudsway', 'haiper']).values()].flatMap(({ offers }) => offers),
    tasks: tables.tasks,
    fingerprints: tables.fingerprints,
    standings: tables.standings,
    ledger: tables.ledger,
    accounts: tables.accounts,
    media,
    safeFetch: createSafeFetch({ trustedOrigins: [] }),
    trustedOrigins: [],
    clock,
    startExecution: async (input) => void started.push(input),
    waitForImage: async () => {},
  };
});

const drop = (name: string, content: object | Uint8Array) =>
  media.putObject(
    `inbox/acme/${name}`,
    content instanceof Uint8Array ? content : JSON.stringify(content),
    'application/octet-stream',
  );
const takeIn = (name: string, overrides: Partial<IntakeContext> = {}) =>
  takeInFile(`inbox/acme/${name}`, { ...context, ...overrides });
const readAnswer = async (name: string) => {
  const bytes = await media.getBytes(`outbox/acme/${name}`, { maxBytes: 99_999 });
  return bytes && JSON.parse(Buffer.from(bytes).toString());
};
const listTasks = async () => {
  const { views } = await tables.tasks.listTaskViews({ account: 'acme', limit: 100, order: 'asc' });
  return views;
};
/** What to order of each provider. */
const modelOf = {
  piapi: 'hailuo-01',
  cloudsway: 'hailuo-01',
  haiper: 'haiper',
  apixo: 'hailuo-2.3',
  kie: 'hailuo-2.3',
  apikley: 'hailuo-02',
  minimax: 'hailuo-2.3',
};
const png = createPng({ width: 640, height: 360 });

describe('takeInFile', () => {
  it('orders a video from a JSON alone', async () => {
    await drop('clips/sea.json', { prompt: 'The sea' });

    expect(await takeIn('clips/sea.json')).toBe('ordered');

    const [view] = await listTasks();
    expect(view).toMatchObject({
      task: { operation: 't2v', outboxName: 'clips/sea' },
      request: { prompt: 'The sea' },
    });
    expect(started).toEqual([{ taskId: view?.task.id, run: 1 }]);
  });

  it.each(Object.entries(modelOf))(
    'orders a video from %s where the order names it',
    async (provider, model) => {
      const offers = [...loadProviders({}, Object.keys(modelOf)).values()].flatMap((known) => known.offers);
      await drop('sea.json', { prompt: 'The sea', model, provider });

      expect(await takeIn('sea.json', { offers })).toBe('ordered');

      expect(await listTasks()).toMatchObject([{ task: { provider }, request: { providers: [provider] } }]);
    },
  );

  it('keeps the webhook of an order, with its secret or one of ours', async () => {
    const webhook = { url: 'https://hooks.example.com/done', events: ['video.completed'] };
    const secret = newWebhookSecret();
    await drop('own.json', { prompt: 'The sea', webhook: { ...webhook, secret } });
    await drop('ours.json', { prompt: 'The sea', webhook });

    expect([await takeIn('own.json'), await takeIn('ours.json')]).toEqual(['ordered', 'ordered']);

    const made = expect.stringMatching(/^whsec_/);
    expect((await listTasks()).map(({ task, request }) => [task.hasWebhook, request.webhook])).toEqual(
      expect.arrayContaining([
        [true, { ...webhook, secret }],
        [true, { ...webhook, secret: made }],
      ]),
    );
  });

  it.each([
    [{ webhook: 'https://hooks.example.com/done' }, 'webhook', 'wrong_type'],
    [{ webhook: { url: 'https://10.0.0.1/done' } }, 'webhook.url', 'webhook_url'],
    [{ webhook: { url: 'https://hooks.example.com/done', secret: 'shh' } }, 'webhook.secret', 'wrong_type'],
    [{ provider: 'nobody' }, 'provider', 'unknown_provider'],
    [{ provider: { name: 'piapi' } }, 'provider', 'wrong_type'],
  ])('refuses %j, as the API does', async (fields, param, code) => {
    await drop('sea.json', { prompt: 'The sea', ...fields });

    expect(await takeIn('sea.json')).toBe('refused');

    expect(await readAnswer('sea.error.json')).toMatchObject({ status: 422, errors: [{ param, code }] });
    expect(started).toEqual([]);
  });

  it('does not wait for an image beside an order that starts from a video', async () => {
    let waits = 0;
    const waitForImage = async () => {
      waits += 1;
    };
    await media.putObject('inbox/acme/film.mp4', createFilm(), 'video/mp4');
    const source_video = 's3://media/inbox/acme/film.mp4';
    await drop('film.json', { operation: 'extend', source_video, extend_seconds: 2 });

    expect(await takeIn('film.json', { waitForImage })).toBe('ordered');

    const [view] = await listTasks();
    const key = 'inbox/acme/film.mp4';
    expect(view).toMatchObject({
      task: { operation: 'extend', seconds: 2 },
      request: { sourceVideo: { kind: 'stored', key } },
    });
    expect(waits).toBe(0);
  });

  it.each([
    ['the image comes first', ['cat.png', 'cat.json']],
    ['the JSON comes first', ['cat.json', 'cat.png']],
  ])('makes one task of an image and its JSON when %s', async (_, [first = '', second = '']) => {
    const files: Record<string, object> = {
      'cat.png': png,
      'cat.json': { prompt: 'A cat', model: 'i2v-01' },
    };
    await drop(first, files[first] ?? {});
    expect(await takeIn(first)).toBe('waiting');
    await drop(second, files[second] ?? {});

    expect(await takeIn(second)).toBe('ordered');

    expect(await listTasks()).toMatchObject([
      { task: { operation: 'i2v' }, request: { firstFrameImage: { kind: 'stored', facts: { width: 640 } } } },
    ]);
    expect(await readAnswer('cat.error.json')).toBeUndefined();
  });

  it('gives an order that could do without an image a moment, for its image may be on its way', async () => {
    await drop('cat.json', { prompt: 'A cat' });

    await takeIn('cat.json', { waitForImage: () => drop('cat.png', png) });
    await takeIn('cat.png');

    expect(await listTasks()).toMatchObject([{ task: { operation: 'i2v' } }]);
  });

  it('takes the image as the subject for a model that is made from subjects', async () => {
    await drop('face.jpeg', png);
    await drop('face.json', { prompt: 'She walks', model: 's2v-01' });

    expect(await takeIn('face.json')).toBe('ordered');
    expect(await listTasks()).toMatchObject([{ task: { operation: 's2v' } }]);
  });

  it('makes one task, with one hold, of the same event five times', async () => {
    await drop('sea.json', { prompt: 'The sea', model: 'hailuo-01', provider: 'piapi' });

    const outcomes = await Promise.all(Array.from({ length: 5 }, () => takeIn('sea.json')));

    expect(outcomes).toEqual(Array.from({ length: 5 }, () => 'ordered'));
    expect(await listTasks()).toHaveLength(1);
    expect(await readMonth(tables, 'acme')).toMatchObject({ committedMicroUsd: 200_000 });
  });

  it.each([
    ['no JSON', Buffer.from('{'), 'invalid_json'],
    ['no UTF-8', Buffer.of(0x22, 0xff, 0x22), 'invalid_json'],
    ['a field that nobody knows', { promt: 'The sea' }, 'invalid_request'],
    ['a prompt that is too long', { prompt: 'x'.repeat(2001) }, 'invalid_request'],
  ])('answers %s in the outbox and orders nothing', async (_, content, code) => {
    await drop('bad.json', content);

    expect(await takeIn('bad.json')).toBe('refused');

    expect(await readAnswer('bad.error.json')).toMatchObject({ code });
    expect(await listTasks()).toEqual([]);
    expect(await readMonth(tables, 'acme')).toMatchObject({ committedMicroUsd: 0 });
  });

  it('refuses an image that no offer takes, in the outbox', async () => {
    await drop('cat.png', createPng({ width: 100, height: 100 }));
    await drop('cat.json', { prompt: 'A cat' });

    expect(await takeIn('cat.json')).toBe('refused');
    expect(await readAnswer('cat.error.json')).toMatchObject({ errors: [{ code: 'image_side' }] });
  });

  it('answers an order that is too large to be one in the outbox', async () => {
    await drop('big.json', Buffer.alloc(maxBodyBytes.text + 1, ' '));

    expect(await takeIn('big.json')).toBe('refused');
    expect(await readAnswer('big.error.json')).toMatchObject({ code: 'request_too_large' });
  });

  it('takes an order of the most bytes that the API takes, with a byte order mark', async () => {
    const image = Buffer.concat([png], 4_000_000).toString('base64');
    const order = { prompt: 'A cat', input_reference: `data:image/png;base64,${image}` };
    const bytes = Buffer.alloc(maxBodyBytes.text, ' ');
    bytes.write(`\ufeff${JSON.stringify(order)}`);
    await drop('big.json', bytes);

    expect(await takeIn('big.json')).toBe('ordered');
    expect(await listTasks()).toMatchObject([{ task: { operation: 'i2v' } }]);
  });

  it('names the field of an image that an order names although another lies beside it', async () => {
    await drop('cat.png', png);
    await drop('cat.json', { prompt: 'A cat', input_reference: 'https://images.test/a.png' });

    expect(await takeIn('cat.json')).toBe('refused');
    expect(await readAnswer('cat.error.json')).toMatchObject({
      errors: [{ param: 'input_reference', code: 'conflicting_fields' }],
    });
  });

  it('says that an image came too late, and makes no second task', async () => {
    await drop('cat.json', { prompt: 'A cat' });
    await takeIn('cat.json');
    await drop('cat.png', png);

    expect(await takeIn('cat.png')).toBe('refused');
    expect(await readAnswer('cat.error.json')).toMatchObject({ code: 'idempotency_mismatch' });
    expect(await listTasks()).toHaveLength(1);
  });

  it('ignores the event of an order that was answered before its image was removed', async () => {
    await drop('cat.png', png);
    await drop('cat.json', { prompt: 'A cat' });
    await takeIn('cat.json');
    await media.deleteObject('inbox/acme/cat.png');

    expect(await takeIn('cat.json')).toBe('ignored');
    expect(await listTasks()).toHaveLength(1);
    expect(await readAnswer('cat.error.json')).toBeUndefined();
  });

  it('leaves an order that comes at a bad moment to the repeat of its event, and answers nothing', async () => {
    await drop('sea.json', { prompt: 'The sea' });
    const getTaskView = () => Promise.reject(new ConchError('temporarily_unavailable', 'Too much at once'));
    const tasks = { ...tables.tasks, getTaskView };

    await expect(takeIn('sea.json', { tasks })).rejects.toThrow('Too much at once');
    expect(await readAnswer('sea.error.json')).toBeUndefined();

    expect(await takeIn('sea.json')).toBe('ordered');
  });

  it('refuses an order for an account that does not exist', async () => {
    await media.putObject('inbox/nobody/a.json', '{"prompt": "The sea"}', 'application/json');

    expect(await takeInFile('inbox/nobody/a.json', context)).toBe('refused');
  });

  it.each([
    'inbox/acme/',
    'inbox/acme/.DS_Store',
    'inbox/acme/notes.txt',
    'inbox/a.json',
    'outbox/acme/a.json',
    'videos/a.mp4',
    'inbox/acme//a.json',
  ])('ignores %s', async (key) => {
    expect(await takeInFile(key, context)).toBe('ignored');
  });
});

describe('an event whose worker dies', () => {
  /** The image, the accept transaction, and the start of the execution. */
  it.each(everyDeath(3))('$when write $write makes one task when it comes again', async (death) => {
    await drop('cat.png', png);
    await drop('cat.json', { prompt: 'A cat', model: 'hailuo-01', provider: 'piapi' });
    const dying = { ...context, ...mortalOrdering(context, death) };

    const fate = await untilKilled(takeInFile('inbox/acme/cat.json', dying));
    // What is accepted is the sweeper's, whatever fails then.
    expect(fate === 'survived').toBe((await readMonth(tables, 'acme')).committedMicroUsd > 0);
    expect(await takeIn('cat.json')).toBe('ordered');
    expect(await takeIn('cat.png')).toBe('ordered');

    expect(await listTasks()).toMatchObject([{ task: { operation: 'i2v', outboxName: 'cat' } }]);
    expect(await readMonth(tables, 'acme')).toMatchObject({ committedMicroUsd: 200_000 });
    expect(await readAnswer('cat.error.json')).toBeUndefined();
  });

  it.each(everyDeath(1))('$when the refusal is answered when it comes again', async (death) => {
    await drop('bad.json', { promt: 'The sea' });

    const dying = { ...context, ...mortalOrdering(context, death) };
    expect(await untilKilled(takeInFile('inbox/acme/bad.json', dying))).toBe('killed');
    expect(await takeIn('bad.json')).toBe('refused');

    expect(await readAnswer('bad.error.json')).toMatchObject({ code: 'invalid_request' });
    expect(started).toEqual([]);
  });
});
