import { buildDocument } from '../../../functions/docs/openapi-document.ts';

/** The document as the gateway publishes it, made once a worker. */
export const contractDocument = buildDocument();

type Operation = (typeof contractDocument)['paths'][string][string];

interface Place {
  readonly pattern: RegExp;
  readonly variables: number;
  readonly operations: Readonly<Record<string, Operation>>;
}

/** Fewest variables first: `/v1/videos/quote` is no video. */
const places: readonly Place[] = Object.entries(contractDocument.paths)
  .map(([path, operations]) => ({
    pattern: toPattern(path),
    variables: path.split('{').length,
    operations,
  }))
  .sort((one, other) => one.variables - other.variables);

/** A purchased path may have slashes; one at the end of any path means nothing to the router. */
function toPattern(path: string): RegExp {
  const parts = path.split(/\{(\w+)\}/).map((part, index) => {
    if (index % 2 === 0) return part.replaceAll(/[.\\+*?^$()[\]|]/g, '\\$&');
    return part === 'endpointPath' ? '.+' : '[^/]+';
  });
  return new RegExp(`^${parts.join('')}/?$`);
}

/** What answers GET answers HEAD. Absent for what nobody serves. */
export function findOperation(method: string, path: string): Operation | undefined {
  const verb = (method === 'HEAD' ? 'GET' : method).toLowerCase();
  return places.find(({ pattern, operations }) => pattern.test(path) && operations[verb])?.operations[verb];
}
