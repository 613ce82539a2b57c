import httpRouterHandler from '@middy/http-router';
import { systemPause } from '../../shared/clock.ts';
import { publicUrlConfig, readConfig } from '../../shared/config.ts';
import { shorten } from '../../shared/domain/shown-text.ts';
import { NotFoundError } from '../../shared/errors.ts';
import type { HttpAnswer, HttpEvent } from '../../shared/http/http-event.ts';
import { httpHandler } from '../../shared/http/http-stack.ts';
import { createOrderingDependencies } from '../../shared/ordering/ordering-dependencies.ts';
import { readWebhookTools } from '../../shared/ordering/webhook-tools.ts';
import { createAccountStore } from '../../shared/storage/account-store.ts';
import { createQueueStore } from '../../shared/storage/queue-store.ts';
import { createRequestCounter } from '../../shared/storage/request-counter.ts';
import { apiRoutes } from './routes.ts';

const config = readConfig(publicUrlConfig);
const ordering = createOrderingDependencies();
const { client, accountsTableName, tasksTableName } = ordering.ledger;
const routes = apiRoutes({
  ...ordering,
  accounts: createAccountStore({ client, tableName: accountsTableName }),
  queue: createQueueStore({ client, tableName: tasksTableName }),
  requests: createRequestCounter({ client, tableName: tasksTableName }),
  webhooks: readWebhookTools({ client, executions: ordering.executions }),
  pause: systemPause,
  publicUrl: config.CONCH_PUBLIC_URL,
});

export const handler = httpHandler(
  httpRouterHandler<HttpEvent, HttpAnswer>({
    routes,
    notFoundResponse: ({ method, path }) => {
      throw new NotFoundError(`${method} ${shorten(path)}`);
    },
  }),
);
