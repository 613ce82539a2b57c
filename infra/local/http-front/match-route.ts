import type { HttpRoute } from '../template/read-http-routes.ts';

export interface RouteMatch {
  readonly route: HttpRoute;
  readonly pathParameters: Readonly<Record<string, string>>;
}

type Matcher = (method: string, path: string) => RouteMatch | undefined;

/**
 * The route that API Gateway would choose: the most exact path first, a greedy `{proxy+}` after it, then
 * `$default`. Absent when the API has none for it.
 */
export function createRouteMatcher(routes: readonly HttpRoute[]): Matcher {
  const ranked = routes
    .map((route) => ({ rank: rankOf(route.routeKey), match: toMatcher(route) }))
    .sort((a, b) => a.rank - b.rank);
  return (method, path) => {
    for (const { match } of ranked) {
      const found = match(method, path);
      if (found !== undefined) return found;
    }
    return undefined;
  };
}

function rankOf(routeKey: string): number {
  if (routeKey === '$default') return 3000;
  const greedy = routeKey.includes('+}') ? 2000 : 0;
  const variables = routeKey.split('{').length - 1;
  const anyMethod = routeKey.startsWith('ANY ') ? 1 : 0;
  return greedy + variables * 10 + anyMethod;
}

function toMatcher(route: HttpRoute): Matcher {
  if (route.routeKey === '$default') return () => ({ route, pathParameters: {} });
  const [routeMethod = '', template = ''] = route.routeKey.split(' ');
  const pattern = toPattern(template);
  return (method, path) => {
    if (routeMethod !== 'ANY' && routeMethod !== method) return undefined;
    const matched = pattern.exec(path);
    if (matched === null) return undefined;
    const decoded = Object.entries(matched.groups ?? {}).map(([name, value]) => [name, decode(value)]);
    return { route, pathParameters: Object.fromEntries(decoded) };
  };
}

function toPattern(template: string): RegExp {
  const segments = template.split('/').map((segment) => {
    const [, name, greedy] = /^\{(\w+)(\+?)\}$/.exec(segment) ?? [];
    if (name === undefined) return segment.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    return greedy === '+' ? `(?<${name}>.+)` : `(?<${name}>[^/]+)`;
  });
  return new RegExp(`^${segments.join('/')}$`);
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
