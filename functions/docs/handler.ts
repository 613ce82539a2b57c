import httpRouterHandler from '@middy/http-router';
import type { HttpAnswer, HttpEvent } from '../../shared/http/http-event.ts';
import { httpHandler } from '../../shared/http/http-stack.ts';
import { docsRoutes } from './routes.ts';

export const handler = httpHandler(httpRouterHandler<HttpEvent, HttpAnswer>({ routes: docsRoutes() }));
