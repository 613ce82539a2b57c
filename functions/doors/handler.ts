import httpRouterHandler from '@middy/http-router';
import { environment, publicUrlConfig, readConfig } from '../../shared/config.ts';
import type { HttpAnswer, HttpEvent } from '../../shared/http/http-event.ts';
import { httpHandler } from '../../shared/http/http-stack.ts';
import { createOrderingDependencies } from '../../shared/ordering/ordering-dependencies.ts';
import { loadDoors } from '../../shared/providers/doors.ts';
import { createAccountStore } from '../../shared/storage/account-store.ts';
import { createRequestCounter } from '../../shared/storage/request-counter.ts';
import { answerUnknownPath } from './answer-unknown-path.ts';
import { doorRoutes } from './routes.ts';

const config = readConfig(publicUrlConfig);
const ordering = createOrderingDependencies();
const { client, accountsTableName, tasksTableName } = ordering.ledger;
const doors = loadDoors(environment());
const routes = doorRoutes(doors, {
  ...ordering,
  accounts: createAccountStore({ client, tableName: accountsTableName }),
  requests: createRequestCounter({ client, tableName: tasksTableName }),
  publicUrl: config.CONCH_PUBLIC_URL,
});

export const handler = httpHandler(
  httpRouterHandler<HttpEvent, HttpAnswer>({
    routes,
    notFoundResponse: (unknown) => answerUnknownPath(doors, unknown),
  }),
);
