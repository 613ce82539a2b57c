import { shorten } from '../../shared/domain/shown-text.ts';
import { NotFoundError } from '../../shared/errors.ts';
import { type HttpAnswer, jsonAnswer } from '../../shared/http/http-event.ts';
import { logger } from '../../shared/logger.ts';
import type { Door } from '../../shared/providers/door.ts';

interface UnknownRoute {
  readonly method: string;
  readonly path: string;
}

/**
 * The answer to what no door serves, in the words of the API that its path begins as: 405 where it has the path for
 * another method. Whose key it is makes no difference. Throws `not_found` for a path that is nobody's.
 */
export function answerUnknownPath(doors: readonly Door[], { method, path }: UnknownRoute): HttpAnswer {
  const door = doors.find(({ routes }) => routes.some((route) => beginsAs(route.path, path)));
  if (door === undefined) throw new NotFoundError(`${method} ${shorten(path)}`);
  const served = doors.flatMap(({ routes }) => routes).filter((route) => isAt(route.path, path));
  const allow = [...new Set(served.map((route) => route.method))].join(', ');
  const error =
    allow === ''
      ? ({ kind: 'not_found', message: `${method} ${shorten(path)} does not exist` } as const)
      : ({
          kind: 'wrong_method',
          message: `${method} ${shorten(path)} is not served, only ${allow} is`,
        } as const);
  logger.info('A door refused', { code: error.kind, door: door.provider });
  const { status, body } = door.errorAnswer(error);
  return jsonAnswer(status, body, allow === '' ? {} : { allow });
}

/** The beginning of a path that tells the API: several providers share `/api/v1`. */
const beginning = /^\/(api\/v1\/[^/]+|v1\/ai|account)(?=\/|$)/;

function beginsAs(routePath: string, path: string): boolean {
  const begun = beginning.exec(path)?.[0];
  return begun !== undefined && beginning.exec(routePath)?.[0] === begun;
}

/** As the router has it: a slash at the end means nothing, and no variable is empty. */
function isAt(routePath: string, path: string): boolean {
  const given = path.replace(/\/$/, '').split('/');
  const expected = routePath.split('/');
  return (
    given.length === expected.length &&
    expected.every((segment, index) =>
      segment.startsWith('{') ? given[index] !== '' : segment === given[index],
    )
  );
}
