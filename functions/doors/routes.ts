import type { Route } from '@middy/http-router';
import { shorten } from '../../shared/domain/shown-text.ts';
import { ConchError, errorStatuses, NotFoundError } from '../../shared/errors.ts';
import { authenticate, type Caller } from '../../shared/http/authenticate.ts';
import { type HttpAnswer, type HttpEvent, jsonAnswer } from '../../shared/http/http-event.ts';
import { isMarked, withRetryAdvice } from '../../shared/http/http-stack.ts';
import { withinRateLimit } from '../../shared/http/rate-limit.ts';
import { readJson } from '../../shared/http/request-body.ts';
import { toConchError } from '../../shared/http/to-conch-error.ts';
import { logger } from '../../shared/logger.ts';
import type { Door, DoorOrder, DoorRequest, DoorRoute } from '../../shared/providers/door.ts';
import type { TaskView } from '../../shared/storage/task-store.ts';
import { answerError } from './answer-error.ts';
import type { DoorDependencies } from './door-dependencies.ts';
import { findLink } from './find-link.ts';
import { leftToSpend } from './left-to-spend.ts';
import { requireTaskView, showAccepted, showTask } from './show-task.ts';
import { parseDoorBody, takeOrder } from './take-order.ts';

type DoorFunction = Route<HttpEvent, HttpAnswer>;
type OrderRoute = Extract<DoorRoute, { readonly kind: 'order' }>;

/** One of the doors that serve the same method and path. */
interface Entrance {
  readonly door: Door;
  readonly route: DoorRoute;
}

/** Every route of every door; where doors share one, the key's setting chooses among them, else the first. */
export function doorRoutes(doors: readonly Door[], dependencies: DoorDependencies): DoorFunction[] {
  const entrances = doors.flatMap((door) => door.routes.map((route) => ({ door, route })));
  const shared = Object.groupBy(entrances, ({ route }) => `${route.method} ${route.path}`);
  return Object.values(shared).flatMap((group = []) => {
    const [first] = group;
    if (first === undefined) return [];
    const { method, path } = first.route;
    const handler = (event: HttpEvent) => serve(event, [first, ...group.slice(1)], dependencies);
    return [{ method, path, handler }];
  });
}

type Entrances = readonly [Entrance, ...Entrance[]];

async function serve(
  event: HttpEvent,
  entrances: Entrances,
  dependencies: DoorDependencies,
): Promise<HttpAnswer> {
  let { door, route } = entrances[0];
  try {
    const caller = await authenticate(event.headers, dependencies.accounts);
    ({ door, route } = entrances.find((entrance) => entrance.door.provider === caller.door) ?? entrances[0]);
    const entering = { door, route, event, caller };
    const serving = {
      serve: () => enter(entering, dependencies),
      answerThrown: (thrown: unknown) => answerThrown(thrown, entering),
    };
    return await withinRateLimit(caller, serving, dependencies);
  } catch (thrown) {
    return answerThrown(thrown, { door, route, event });
  }
}

interface Failing extends Entrance {
  readonly event: HttpEvent;
  /** The client's for our fields, once its order was read. */
  readonly names?: DoorOrder['names'];
}

function answerThrown(thrown: unknown, { door, route, event, names }: Failing): HttpAnswer {
  const error = toConchError(thrown);
  const { requestId } = event.requestContext;
  if (errorStatuses[error.code] >= 500) logger.error('A door failed', { error, requestId });
  else logger.info('A door refused', { code: error.code, door: door.provider, requestId });
  const answer = answerError(door, error, names);
  return route.kind === 'order' ? withRetryAdvice(answer, error, isMarked(event)) : answer;
}

interface Entering extends Entrance {
  readonly event: HttpEvent;
  readonly caller: Caller;
}

async function enter(
  { door, route, event, caller }: Entering,
  dependencies: DoorDependencies,
): Promise<HttpAnswer> {
  const request = toRequest(event);
  switch (route.kind) {
    case 'order': {
      const schema = route.schema(request);
      if (schema === undefined) throw unknownPath(event);
      const order = parseDoorBody(schema, readJson(event));
      try {
        const view = await takeOrder({ door, order, event }, caller, dependencies);
        return acceptedAnswer({ door, route }, view, dependencies);
      } catch (thrown) {
        return answerThrown(thrown, { door, route, event, names: order.names });
      }
    }
    case 'look': {
      if (route.isServed?.(request) === false) throw unknownPath(event);
      const view = await requireTaskView(route.id(request), caller, dependencies);
      const body = route.answer(showTask(door, view, dependencies), request);
      if (body === undefined) throw new ConchError('not_found', 'There is nothing there now');
      return jsonAnswer(200, body);
    }
    case 'link': {
      const url = parseDoorBody(route.schema, readJson(event));
      return jsonAnswer(200, route.answer(await findLink({ door, url }, caller, dependencies)));
    }
    case 'balance':
      return jsonAnswer(200, route.answer(await leftToSpend(door, caller, dependencies)));
  }
}

/** An order that was accepted is never answered as an error, or it would be sent again. */
function acceptedAnswer(
  { door, route }: { readonly door: Door; readonly route: OrderRoute },
  view: TaskView,
  dependencies: DoorDependencies,
): HttpAnswer {
  try {
    return jsonAnswer(200, route.answer(showTask(door, view, dependencies)), warningHeaders(view));
  } catch (error) {
    logger.error('An accepted order could not be shown', { taskId: view.task.id, error });
    return jsonAnswer(200, route.answer(showAccepted(door, view)), warningHeaders(view));
  }
}

/** No dialect has a place for a warning. */
function warningHeaders({ request: { door } }: TaskView): Readonly<Record<string, string>> {
  const messages = (door?.warnings ?? []).map(({ message }) => message);
  return messages.length === 0 ? {} : { 'x-conch-warning': messages.join('; ') };
}

function unknownPath({ rawPath, requestContext }: HttpEvent): NotFoundError {
  return new NotFoundError(`${requestContext.http.method} ${shorten(rawPath)}`);
}

function toRequest({ pathParameters, queryStringParameters }: HttpEvent): DoorRequest {
  const given = Object.entries({ ...queryStringParameters, ...pathParameters });
  const parameters = given.filter((entry): entry is [string, string] => (entry[1]?.trim() ?? '') !== '');
  return { parameters: Object.fromEntries(parameters) };
}
