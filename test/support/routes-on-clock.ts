import { randomUUID } from 'node:crypto';
import { SFNClient } from '@aws-sdk/client-sfn';
import httpRouterHandler from '@middy/http-router';
import type { ApiDependencies } from '../../functions/api/api-dependencies.ts';
import { apiRoutes } from '../../functions/api/routes.ts';
import { doorRoutes } from '../../functions/doors/routes.ts';
import type { HttpAnswer, HttpEvent } from '../../shared/http/http-event.ts';
import { httpHandler } from '../../shared/http/http-stack.ts';
import { createSafeFetch } from '../../shared/media/safe-fetch.ts';
import { loadDoors } from '../../shared/providers/doors.ts';
import { loadProviders } from '../../shared/providers/registry.ts';
import type { KeyTerms } from '../../shared/storage/account-items.ts';
import { createMediaStore, createS3Client } from '../../shared/storage/media-store.ts';
import { type ApiCall, anHttpEvent, lambdaContext, toContractedResponse } from './http-events.ts';
import { createManualClock } from './manual-clock.ts';
import { startTables } from './tables.ts';
import { webhookTools } from './webhooks.ts';

/**
 * The routes of the API and of the doors on embedded tables and a clock that the test moves, from the 39th second of
 * a minute on. There is no bucket: orders of texts alone are accepted.
 */
export async function startRoutesOnClock() {
  const tables = await startTables();
  const clock = createManualClock('2026-03-02T10:00:38.500Z');
  const started: unknown[] = [];
  const providers = loadProviders({}, []);
  const healthy: ApiDependencies = {
    ...tables,
    offers: [...providers.values()].flatMap(({ offers }) => offers),
    media: createMediaStore({ client: createS3Client(), bucket: 'media' }),
    safeFetch: createSafeFetch({ trustedOrigins: [] }),
    trustedOrigins: [],
    webhooks: webhookTools(tables),
    clock,
    executions: new SFNClient(),
    pause: async (seconds) => clock.advance(seconds),
    providers,
    publicUrl: 'https://conch.test',
    startExecution: async (input) => void started.push(input),
  };
  /** Calls with a key, on routes that differ from healthy ones by `overrides`. */
  async function call(key: string, call: ApiCall, overrides: Partial<ApiDependencies> = {}) {
    const api = { ...healthy, ...overrides };
    const routes = [...apiRoutes(api), ...doorRoutes(loadDoors({}), api)];
    const handler = httpHandler(httpRouterHandler<HttpEvent, HttpAnswer>({ routes }));
    const headers = { authorization: `Bearer ${key}`, ...call.headers };
    const event = anHttpEvent({ ...call, headers });
    return toContractedResponse(event, await handler(event, lambdaContext));
  }
  return {
    tables,
    clock,
    /** Inputs of the executions that were started. */
    started,
    call,
    /** A key of an account of its own. */
    newKey: (terms: KeyTerms = {}) => tables.accounts.createKey(randomUUID(), clock.now(), terms),
    close: () => tables.close(),
  };
}
export type RoutesOnClock = Awaited<ReturnType<typeof startRoutesOnClock>>;
