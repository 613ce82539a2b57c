import type { Route as RouterRoute } from '@middy/http-router';
import * as z from 'zod';
import { authenticate } from '../../shared/http/authenticate.ts';
import type { HttpAnswer, HttpEvent } from '../../shared/http/http-event.ts';
import { answerError } from '../../shared/http/http-stack.ts';
import { withinRateLimit } from '../../shared/http/rate-limit.ts';
import type { AccountRequest, ApiDependencies, ApiRequest } from './api-dependencies.ts';
import { cancelVideo, cancelVideoParameters } from './cancel-video.ts';
import { createUpload } from './create-upload.ts';
import { createVideo } from './create-video.ts';
import { deleteVideo, deleteVideoParameters } from './delete-video.ts';
import { contentParameters, followLink, getContent, linkParameters } from './download-video.ts';
import { getHealth } from './get-health.ts';
import { getUsage, usageParameters } from './get-usage.ts';
import { getVideo, getVideoParameters } from './get-video.ts';
import { listEvents, listEventsParameters } from './list-events.ts';
import { listModels } from './list-models.ts';
import { listProviders } from './list-providers.ts';
import { listVideos, listVideosParameters } from './list-videos.ts';
import { parseParameters } from './parse-parameters.ts';
import { quoteVideo } from './quote-video.ts';
import { remixVideo, remixVideoParameters } from './remix-video.ts';
import { retryVideo, retryVideoParameters } from './retry-video.ts';
import { webhookRoutes } from './webhook-routes.ts';

export interface Row<Parameters, Request extends ApiRequest<Parameters>> {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  /** Of the path's and the query's parameters. */
  readonly schema: z.ZodType<Parameters>;
  answer(request: Request, api: ApiDependencies): Promise<HttpAnswer>;
}
export type Route = RouterRoute<HttpEvent, HttpAnswer>;

/** A row as it is served, and as the contract tells of it. */
export interface ApiRoute extends Pick<Row<unknown, ApiRequest>, 'method' | 'path' | 'schema'> {
  readonly isKeyed: boolean;
  serve(event: HttpEvent, api: ApiDependencies): Promise<HttpAnswer>;
}

const none = z.object({});

/** Every endpoint. `keyed` ones need an API key, `open` ones do not. */
export const apiRows: readonly ApiRoute[] = [
  keyed({ method: 'POST', path: '/v1/videos', schema: none, answer: createVideo }),
  keyed({ method: 'POST', path: '/v1/videos/quote', schema: none, answer: quoteVideo }),
  keyed({ method: 'GET', path: '/v1/videos', schema: listVideosParameters, answer: listVideos }),
  keyed({ method: 'GET', path: '/v1/videos/{id}', schema: getVideoParameters, answer: getVideo }),
  keyed({
    method: 'DELETE',
    path: '/v1/videos/{id}',
    schema: deleteVideoParameters,
    answer: deleteVideo,
  }),
  keyed({
    method: 'GET',
    path: '/v1/videos/{id}/events',
    schema: listEventsParameters,
    answer: listEvents,
  }),
  keyed({
    method: 'POST',
    path: '/v1/videos/{id}/cancel',
    schema: cancelVideoParameters,
    answer: cancelVideo,
  }),
  keyed({
    method: 'POST',
    path: '/v1/videos/{id}/retry',
    schema: retryVideoParameters,
    answer: retryVideo,
  }),
  keyed({
    method: 'POST',
    path: '/v1/videos/{id}/remix',
    schema: remixVideoParameters,
    answer: remixVideo,
  }),
  keyed({ method: 'GET', path: '/v1/videos/{id}/content', schema: contentParameters, answer: getContent }),
  keyed({ method: 'GET', path: '/v1/usage', schema: usageParameters, answer: getUsage }),
  keyed({ method: 'POST', path: '/v1/uploads', schema: none, answer: createUpload }),
  keyed({ method: 'GET', path: '/v1/models', schema: none, answer: listModels }),
  keyed({ method: 'GET', path: '/v1/providers', schema: none, answer: listProviders }),
  ...webhookRoutes(keyed),
  open({ method: 'GET', path: '/v/{taskId}/{linkSecret}.mp4', schema: linkParameters, answer: followLink }),
  open({ method: 'GET', path: '/health', schema: none, answer: getHealth }),
];

/** What answers GET answers HEAD. */
export function apiRoutes(api: ApiDependencies): Route[] {
  const routes = apiRows.map(
    ({ method, path, serve }): Route => ({ method, path, handler: (event: HttpEvent) => serve(event, api) }),
  );
  const heads = routes.filter(({ method }) => method === 'GET').map(toHead);
  return [...routes, ...heads];
}

/** The answer keeps its body: the HTTP server in front takes the length from it, and sends no body to HEAD. */
function toHead(route: Route): Route {
  return { ...route, method: 'HEAD' };
}

function keyed<P>({ method, path, schema, answer }: Row<P, AccountRequest<P>>): ApiRoute {
  const serve = async (event: HttpEvent, api: ApiDependencies) => {
    const caller = await authenticate(event.headers, api.accounts);
    const serveCaller = async () =>
      answer({ event, ...caller, parameters: parseParameters(event, schema) }, api);
    const answerThrown = (thrown: unknown) => answerError(thrown, event);
    return withinRateLimit(caller, { serve: serveCaller, answerThrown }, api);
  };
  return { method, path, schema, isKeyed: true, serve };
}

function open<P>({ method, path, schema, answer }: Row<P, ApiRequest<P>>): ApiRoute {
  const serve = async (event: HttpEvent, api: ApiDependencies) =>
    answer({ event, parameters: parseParameters(event, schema) }, api);
  return { method, path, schema, isKeyed: false, serve };
}
