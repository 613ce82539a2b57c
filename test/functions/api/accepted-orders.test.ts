import { type DynamoDBClient, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { SFNClient } from '@aws-sdk/client-sfn';
import httpRouterHandler from '@middy/http-router';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { ApiDependencies } from '../../../functions/api/api-dependencies.ts';
import { apiRoutes } from '../../../functions/api/routes.ts';
import { systemClock } from '../../../shared/clock.ts';
import type { StepInput } from '../../../shared/domain/workflow-state.ts';
import type { HttpAnswer, HttpEvent } from '../../../shared/http/http-event.ts';
import { httpHandler } from '../../../shared/http/http-stack.ts';
import { newShortId } from '../../../shared/ids.ts';
import { createSafeFetch } from '../../../shared/media/safe-fetch.ts';
import { createMediaStore } from '../../../shared/storage/media-store.ts';
import { anHttpEvent, lambdaContext, toContractedResponse } from '../../support/http-events.ts';
import { startMediaBucket } from '../../support/media-bucket.ts';
import { anOffer } from '../../support/orders.ts';
import { startTables, type Tables } from '../../support/tables.ts';
import { webhookTools } from '../../support/webhooks.ts';

let tables: Tables;
let account: string;
let key: string;
let started: StepInput[];
let healthy: ApiDependencies;
beforeAll(async () => {
  tables = await startTables();
});
afterAll(() => tables.close());
beforeEach(async () => {
  account = newShortId();
  key = (await tables.accounts.createKey(account, new Date())).text;
  started = [];
  healthy = {
    offers: [anOffer()],
    tasks: tables.tasks,
    fingerprints: tables.fingerprints,
    standings: tables.standings,
    queue: tables.queue,
    requests: tables.requests,
    accounts: tables.accounts,
    ledger: tables.ledger,
    media: createMediaStore(await startMediaBucket()),
    safeFetch: createSafeFetch({ trustedOrigins: [] }),
    trustedOrigins: [],
    webhooks: webhookTools(tables),
    clock: systemClock,
    executions: new SFNClient(),
    pause: async () => {},
    providers: new Map(),
    publicUrl: 'https://conch.test',
    startExecution: async (input) => void started.push(input),
  };
});

async function order(overrides: Partial<ApiDependencies> = {}, headers: Record<string, string> = {}) {
  const routes = apiRoutes({ ...healthy, ...overrides });
  const handler = httpHandler(httpRouterHandler<HttpEvent, HttpAnswer>({ routes }));
  const json = { prompt: 'A lighthouse at dusk' };
  const event = { method: 'POST', path: '/v1/videos', json };
  const authorization = `Bearer ${key}`;
  const called = anHttpEvent({ ...event, headers: { authorization, ...headers } });
  return toContractedResponse(called, await handler(called, lambdaContext));
}
const listIds = async () => {
  const { views } = await tables.tasks.listTaskViews({ account, limit: 10, order: 'asc' });
  return views.map(({ task }) => `video_${task.id}`);
};
const idOf = (body: unknown) => z.object({ id: z.string() }).parse(body).id;

const never = (): never => {
  throw new Error('broken');
};
const broken = async () => never();
const lostAnswer = () => Object.assign(new Error('no answer came'), { name: 'TimeoutError' });

/** Its transactions fail, `written` or not, with the error that the SDK throws in the end. */
function failing(error: Error, written: boolean): Pick<ApiDependencies, 'ledger'> {
  const send = async (command: Parameters<DynamoDBClient['send']>[0]) => {
    if (!(command instanceof TransactWriteItemsCommand)) return tables.client.send(command);
    if (written) await tables.client.send(command);
    throw error;
  };
  const client: DynamoDBClient = Object.create(tables.client, { send: { value: send } });
  return { ledger: { ...tables.ledger, client } };
}
const unreadable = () => ({ tasks: { ...tables.tasks, getTask: broken } });

describe('an order that was accepted', () => {
  it('is answered although its execution does not start', async () => {
    const { status, body } = await order({ startExecution: broken });

    expect({ status, ids: [idOf(body)] }).toEqual({ status: 200, ids: await listIds() });
  });

  it('is answered and started although nobody learned that the transaction was written', async () => {
    const { status, body } = await order(failing(lostAnswer(), true));

    expect({ status, ids: [idOf(body)] }).toEqual({ status: 200, ids: await listIds() });
    expect(started).toHaveLength(1);
  });

  it('is answered with what is known of it when it cannot be shown', async () => {
    const clock = { now: () => (started.length === 0 ? new Date() : never()) };

    const { status, body } = await order({ clock });

    const [id] = await listIds();
    expect({ status, body }).toEqual({
      status: 200,
      body: { id, object: 'video', model: 'hailuo-01', status: 'queued' },
    });
  });
});

describe('an order of which nobody knows whether it was accepted', () => {
  it('is final for a client that does not mark its repeats', async () => {
    const answer = await order({ ...failing(lostAnswer(), true), ...unreadable() });

    expect(answer).toMatchObject({ status: 500, headers: { 'x-should-retry': 'false' } });
  });

  it('is final also when the table was busy: it is not said that nothing was ordered', async () => {
    const busy = Object.assign(new Error('slow down'), { name: 'ThrottlingException' });
    const answer = await order({ ...failing(busy, true), ...unreadable() });

    expect(answer).toMatchObject({ status: 500, headers: { 'x-should-retry': 'false' } });
  });

  it.each([
    ['its key', { 'idempotency-key': 'k' }, { 'idempotency-key': 'k' }],
    ['a count', { 'x-stainless-retry-count': '0' }, { 'x-stainless-retry-count': '1' }],
  ])('may be repeated by %s, and is the same order', async (_, first, second) => {
    const failed = await order({ ...failing(lostAnswer(), true), ...unreadable() }, first);
    const repeated = await order({}, second);

    expect(failed.status).toBe(500);
    expect(failed.headers).not.toHaveProperty('x-should-retry');
    expect({ status: repeated.status, ids: [idOf(repeated.body)] }).toEqual({
      status: 200,
      ids: await listIds(),
    });
  });
});

describe('an order that was not accepted', () => {
  it('may be repeated after the table was busy, and is then accepted', async () => {
    const busy = Object.assign(new Error('slow down'), { name: 'ThrottlingException' });

    const first = await order(failing(busy, false), { 'x-stainless-retry-count': '0' });
    const repeated = await order({}, { 'x-stainless-retry-count': '1' });

    expect(first).toMatchObject({ status: 503, headers: { 'x-should-retry': 'true' } });
    expect([idOf(repeated.body)]).toEqual(await listIds());
  });
});
