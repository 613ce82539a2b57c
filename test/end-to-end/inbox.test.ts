import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import {
  GetObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { createPng } from '../support/images.ts';
import { type Customer, newCustomer } from './support/customer.ts';
import { videoSchema } from './support/public-api.ts';
import { controlSimulation } from './support/simulation.ts';
import { waitUntil } from './support/wait-until.ts';

let gateway: TestGateway;
let s3: S3Client;
let events: EventBridgeClient;

beforeAll(async () => {
  gateway = await startTestGateway();
  const { region, endpoints } = gateway.local;
  const credentials = { ...gateway.local.credentials };
  s3 = new S3Client({ region, credentials, endpoint: endpoints.s3, forcePathStyle: true });
  events = new EventBridgeClient({ region, credentials, endpoint: endpoints.events });
});
afterAll(async () => {
  s3.destroy();
  events.destroy();
  await gateway.close();
});

const frame = createPng({ width: 640, height: 480 });

function drop({ account }: Customer, file: string, body: string | Uint8Array) {
  const { bucket: Bucket } = gateway.local;
  return s3.send(new PutObjectCommand({ Bucket, Key: `inbox/${account}/${file}`, Body: body }));
}

async function find(key: string): Promise<Uint8Array | undefined> {
  try {
    const object = await s3.send(new GetObjectCommand({ Bucket: gateway.local.bucket, Key: key }));
    return await object.Body?.transformToByteArray();
  } catch (error) {
    if (error instanceof NoSuchKey) return undefined;
    throw error;
  }
}

const untilInOutbox = ({ account }: Customer, file: string) =>
  waitUntil(file, () => find(`outbox/${account}/${file}`));

async function untilAnswered(customer: Customer, name: string) {
  const result = await untilInOutbox(customer, `${name}.result.json`);
  const video = await untilInOutbox(customer, `${name}.mp4`);
  return { result: videoSchema.parse(JSON.parse(Buffer.from(result).toString())), video: Buffer.from(video) };
}

async function listVideoIds(customer: Customer): Promise<string[]> {
  const list: unknown = await (await customer.call('/v1/videos')).json();
  return z
    .object({ data: z.array(z.object({ id: z.string() })) })
    .parse(list)
    .data.map(({ id }) => id);
}

async function listOutbox({ account }: Customer): Promise<string[]> {
  const { bucket: Bucket } = gateway.local;
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: `outbox/${account}/` }));
  return Contents.map(({ Key = '' }) => Key.split('/').slice(2).join('/'));
}

/** What S3 reports about a file in the inbox. */
function repeatEvent({ account }: Customer, file: string, times: number) {
  const { bucket } = gateway.local;
  const detail = { bucket: { name: bucket }, object: { key: `inbox/${account}/${file}` } };
  const entry = { Source: 'aws.s3', DetailType: 'Object Created', Detail: JSON.stringify(detail) };
  return events.send(new PutEventsCommand({ Entries: Array.from({ length: times }, () => entry) }));
}

describe.concurrent('a file in the inbox', () => {
  it.each([
    { order: 'the image first', isImageFirst: true },
    { order: 'the order first', isImageFirst: false },
  ])('beside its image becomes one video of that shape, $order', async ({ isImageFirst }) => {
    const customer = await newCustomer(gateway.local);
    const image = () => drop(customer, 'shots/dusk.png', frame);
    const order = () =>
      drop(customer, 'shots/dusk.json', JSON.stringify({ prompt: 'The waves move', model: 'hailuo-01' }));
    for (const put of isImageFirst ? [image, order] : [order, image]) await put();
    const { result, video } = await untilAnswered(customer, 'shots/dusk');

    expect(video.toString('latin1', 4, 8)).toBe('ftyp');
    expect(result.gateway).toMatchObject({
      operation: 'i2v',
      result: { width: 960, height: 720, bytes: video.length },
    });
    expect(await listVideoIds(customer)).toEqual([result.id]);
    expect(await customer.readMonth()).toEqual({ committedMicroUsd: 0, spentMicroUsd: 200_000 });
  });

  it('without an image becomes one video from its text alone', async () => {
    const customer = await newCustomer(gateway.local);
    await drop(customer, 'dusk.json', JSON.stringify({ prompt: 'A lighthouse at dusk' }));
    const { result, video } = await untilAnswered(customer, 'dusk');

    expect(result).toMatchObject({ status: 'completed', gateway: { operation: 't2v' } });
    expect(video.toString('latin1', 4, 8)).toBe('ftyp');
    expect(await listOutbox(customer)).toEqual(['dusk.mp4', 'dusk.result.json']);
  });

  it('that is refused is answered by an error that names the field, and orders nothing', async () => {
    const customer = await newCustomer(gateway.local);
    await drop(customer, 'bad.json', JSON.stringify({ prompt: 'A lighthouse', seconds: 7 }));
    const problem: unknown = JSON.parse(
      Buffer.from(await untilInOutbox(customer, 'bad.error.json')).toString(),
    );

    expect(problem).toMatchObject({ code: 'invalid_request', param: 'seconds' });
    expect(await listVideoIds(customer)).toEqual([]);
    expect(await customer.readMonth()).toEqual({ committedMicroUsd: 0, spentMicroUsd: 0 });
  });

  it('whose video fails is answered by the video object with its error', async () => {
    const prompt = 'A scene that is moderated';
    await controlSimulation(gateway.local, 'piapi').setFaults([{ kind: 'moderate', promptIncludes: prompt }]);
    const customer = await newCustomer(gateway.local);
    await drop(customer, 'fail.json', JSON.stringify({ prompt, provider: 'piapi' }));
    const text = Buffer.from(await untilInOutbox(customer, 'fail.error.json')).toString();

    expect(videoSchema.parse(JSON.parse(text))).toMatchObject({
      status: 'failed',
      error: { code: 'content_rejected' },
    });
  });

  it('whose event comes five times more is one video, also after it is finished', async () => {
    const customer = await newCustomer(gateway.local);
    const prompt = 'A lighthouse whose event is repeated';
    const order = { prompt, provider: 'cloudsway', first_frame_image: toDataUri(frame) };
    await drop(customer, 'again.json', JSON.stringify(order));
    await repeatEvent(customer, 'again.json', 5);
    const { result } = await untilAnswered(customer, 'again');
    await repeatEvent(customer, 'again.json', 5);
    await waitUntil('eleven events', async () => {
      const keys = await listTakenIn();
      return keys.filter((key) => key.endsWith('again.json')).length === 11 || undefined;
    });

    expect(await listVideoIds(customer)).toEqual([result.id]);
    expect(await controlSimulation(gateway.local, 'cloudsway').jobsOf(prompt)).toHaveLength(1);
    expect(await customer.readMonth()).toEqual({ committedMicroUsd: 0, spentMicroUsd: 250_000 });
  });
});

describe('what the gateway writes', () => {
  it('starts nothing: every file that was taken in lay in the inbox', async () => {
    const keys = await listTakenIn();
    expect(keys.length).toBeGreaterThan(0);
    expect(keys.filter((key) => !key.startsWith('inbox/'))).toEqual([]);
  });
});

const logLineSchema = z.object({ message: z.string(), key: z.string().optional() });

/** Keys of the files that the intake function was called for, by its log. */
async function listTakenIn(): Promise<string[]> {
  const directory = join(gateway.dataDirectory, 'logs');
  const log = (await readdir(directory)).find((name) => name.includes('Intake'));
  const text = log === undefined ? '' : await readFile(join(directory, log), 'utf8');
  const lines = text.split('\n').filter((line) => line.startsWith('{') && line.endsWith('}'));
  return lines.flatMap((line) => {
    const { message, key } = logLineSchema.parse(JSON.parse(line));
    return message === 'A file came in' && key !== undefined ? [key] : [];
  });
}

function toDataUri(image: Buffer): string {
  return `data:image/png;base64,${image.toString('base64')}`;
}
