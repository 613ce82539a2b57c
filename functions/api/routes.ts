import type { Route as RouterRoute } from '@middy/http-router';
import * as z from 'zod';
import { quoted } from '../../shared/domain/shown-text.ts';
import { ConchError } from '../../shared/errors.ts';
import { authenticate } from '../../shared/http/authenticate.ts';
import type { HttpAnswer, HttpEvent } from '../../shared/http/http-event.ts';
import type { AccountRequest, ApiDependencies, ApiRequest } from './api-dependencies.ts';
import { createUpload } from './create-upload.ts';
import { createVideo } from './create-video.ts';
import { contentParameters, followLink, getContent, linkParameters } from './download-video.ts';
import { getHealth } from './get-health.ts';
import { getVideo, getVideoParameters } from './get-video.ts';
import { listModels } from './list-models.ts';
import { listProviders } from './list-providers.ts';
import { listVideos, listVideosParameters } from './list-videos.ts';
import { quoteVideo } from './quote-video.ts';

interface Row<Parameters, Request extends ApiRequest<Parameters>> {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** Of the path's and the query's parameters. */
  readonly schema: z.ZodType<Parameters>;
  answer(request: Request, api: ApiDependencies): Promise<HttpAnswer>;
}
type Route = RouterRoute<HttpEvent, HttpAnswer>;

const none = z.object({});

/** Every endpoint; what answers GET answers HEAD. `keyed` ones need an API key, `open` ones do not. */
export function apiRoutes(api: ApiDependencies): Route[] {
  const { keyed, open } = routeKinds(api);
  const routes = [
    keyed({ method: 'POST', path: '/v1/videos', schema: none, answer: createVideo }),
    keyed({ method: 'POST', path: '/v1/videos/quote', schema: none, answer: quoteVideo }),
    keyed({ method: 'GET', path: '/v1/videos', schema: listVideosParameters, answer: listVideos }),
    keyed({ method: 'GET', path: '/v1/videos/{id}', schema: getVideoParameters, answer: getVideo }),
    keyed({ method: 'GET', path: '/v1/videos/{id}/content', schema: contentParameters, answer: getContent }),
    keyed({ method: 'POST', path: '/v1/uploads', schema: none, answer: createUpload }),
    keyed({ method: 'GET', path: '/v1/models', schema: none, answer: listModels }),
    keyed({ method: 'GET', path: '/v1/providers', schema: none, answer: listProviders }),
    open({ method: 'GET', path: '/v/{taskId}/{linkSecret}.mp4', schema: linkParameters, answer: followLink }),
    open({ method: 'GET', path: '/health', schema: none, answer: getHealth }),
  ];
  const heads = routes.filter(({ method }) => method === 'GET').map(toHead);
  return [...routes, ...heads];
}

/** The answer keeps its body: the HTTP server in front takes the length from it, and sends no body to HEAD. */
function toHead(route: Route): Route {
  return { ...route, method: 'HEAD' };
}

function routeKinds(api: ApiDependencies) {
  return {
    keyed<P>({ method, path, schema, answer }: Row<P, AccountRequest<P>>): Route {
      const handler = async (event: HttpEvent) => {
        const account = await authenticate(event.headers, api.accounts);
        return answer({ event, account, parameters: parseParameters(event, schema) }, api);
      };
      return { method, path, handler };
    },
    open<P>({ method, path, schema, answer }: Row<P, ApiRequest<P>>): Route {
      const handler = async (event: HttpEvent) =>
        answer({ event, parameters: parseParameters(event, schema) }, api);
      return { method, path, handler };
    },
  };
}

function parseParameters<P>(event: HttpEvent, schema: z.ZodType<P>): P {
  const given = { ...event.queryStringParameters, ...event.pathParameters };
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => {
    const name = path.join('.');
    return `${name} ${message}; got ${quoted(given[name] ?? '')}`;
  });
  const param = parsed.error.issues[0]?.path.join('.') ?? '';
  throw new ConchError('invalid_query', faults.join('; '), { param, cause: parsed.error });
}
