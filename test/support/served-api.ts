import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import * as z from 'zod';
import { startAwsJsonServer } from '../../infra/local/aws-json-server.ts';
import { startHttpServer } from '../../infra/local/http-server.ts';
import { startS3Server } from '../../infra/local/s3-server.ts';
import { createMediaStore, createS3Client } from '../../shared/storage/media-store.ts';
import { createFilm } from '../shared/media/films.ts';
import { type ApiCall, anHttpEvent, lambdaContext, toContractedResponse } from './http-events.ts';
import { createPng } from './images.ts';
import { startTables } from './tables.ts';

/** A catalogue that does not grow with each provider. */
export const twoProviders = { CONCH_PROVIDERS: 'piapi,cloudsway' };

/**
 * The API's own handler on embedded servers: tables, a bucket, a Step Functions endpoint that notes what was
 * started, and a trusted web server whose `/<width>x<height>.png` is an image, whose `/film.mp4` begins as a film
 * does, and whose rest is 404. `variables` are added to its environment.
 */
export async function startApi(variables: Readonly<Record<string, string>> = {}) {
  const directory = await mkdtemp(join(tmpdir(), 'conch-api-'));
  const tables = await startTables();
  const objects: string[] = [];
  const started: unknown[] = [];
  const bucket = await startS3Server({
    dataDirectory: directory,
    bucket: 'media',
    onObjectCreated: ({ key }) => objects.push(key),
  });
  const workflow = await startAwsJsonServer({
    services: {
      AWSStepFunctions: async (_, input) => {
        started.push(JSON.parse(z.object({ input: z.string() }).parse(input).input));
        return { executionArn: 'arn:aws:states:us-east-1:000000000000:execution:x:y', startDate: 0 };
      },
    },
  });
  const web = await startHttpServer((request, response) => {
    const [, width, height] = /^\/(\d+)x(\d+)\.png$/.exec(request.url ?? '') ?? [];
    if (request.url === '/film.mp4') response.end(createFilm());
    else if (width === undefined || height === undefined) response.writeHead(404).end();
    else response.end(createPng({ width: Number(width), height: Number(height) }));
  });
  setEnvironment({ tables: tables.url, bucket: bucket.url, workflow: workflow.url, web: web.url });
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  const media = createMediaStore({ client: createS3Client(), bucket: 'media' });
  const { handler: api } = await importAnew();
  const { handler: doors } = await importDoorsAnew();
  const now = new Date();
  const keys = {
    acme: (await tables.accounts.createKey('acme', now)).text,
    /** Of acme, speaks KIE's market. */
    kieMarket: (await tables.accounts.createKey('acme', now, { door: 'kie' })).text,
    rival: (await tables.accounts.createKey('rival', now)).text,
  };
  return {
    tables,
    media,
    keys,
    /** Keys of the objects that were written to the bucket. */
    objects,
    /** Inputs of the executions that were started. */
    started,
    imageUrl: (width: number, height: number) => `${web.url}/${width}x${height}.png`,
    webUrl: web.url,
    putObject: (key: string, body: Uint8Array) => media.putObject(key, body, 'application/octet-stream'),
    /** Calls the API, or the doors where a provider's path is called, with acme's key unless the call names another. */
    async call({ headers = {}, ...call }: ApiCall) {
      const authorization = { authorization: `Bearer ${keys.acme}` };
      const event = anHttpEvent({ ...call, headers: { ...authorization, ...headers } });
      const handler = isDoor(event.rawPath) ? doors : api;
      return toContractedResponse(event, await handler(event, lambdaContext));
    },
    async close() {
      vi.unstubAllEnvs();
      await Promise.all([web.close(), workflow.close(), bucket.close(), tables.close()]);
      await rm(directory, { recursive: true });
    },
  };
}
export type ServedApi = Awaited<ReturnType<typeof startApi>>;

/** As API Gateway routes. */
function isDoor(path: string): boolean {
  return ['/api/v1/', '/v1/ai/', '/account/info'].some((prefix) => path.startsWith(prefix));
}

/** The handler reads its environment when it is imported: that of another test file must not serve this one. */
function importAnew(): Promise<typeof import('../../functions/api/handler.ts')> {
  const handler = new URL(`../../functions/api/handler.ts?${randomUUID()}`, import.meta.url).href;
  return import(handler);
}

function importDoorsAnew(): Promise<typeof import('../../functions/doors/handler.ts')> {
  const handler = new URL(`../../functions/doors/handler.ts?${randomUUID()}`, import.meta.url).href;
  return import(handler);
}

interface Endpoints {
  readonly tables: string;
  readonly bucket: string;
  readonly workflow: string;
  readonly web: string;
}

function setEnvironment({ tables, bucket, workflow, web }: Endpoints): void {
  const environment = {
    AWS_ENDPOINT_URL_DYNAMODB: tables,
    AWS_ENDPOINT_URL_S3: bucket,
    AWS_ENDPOINT_URL_SFN: workflow,
    TASKS_TABLE_NAME: 'tasks',
    ACCOUNTS_TABLE_NAME: 'accounts',
    MEDIA_BUCKET_NAME: 'media',
    STATE_MACHINE_ARN: 'arn:aws:states:us-east-1:000000000000:stateMachine:generation',
    DELIVERY_MACHINE_ARN: 'arn:aws:states:us-east-1:000000000000:stateMachine:webhooks',
    CONCH_PUBLIC_URL: 'https://conch.test',
    CONCH_TRUSTED_ORIGINS: web,
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
}
