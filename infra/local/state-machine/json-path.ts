/** A path of the subset `$.name['any name'][0]`; one that starts with `$$` reads the context object. */
export interface JsonPath {
  readonly root: '$' | '$$';
  readonly steps: readonly (string | number)[];
}

const pathPattern = /^(\$\$?)((?:\.[A-Za-z_][\w-]*|\['[^']+'\]|\[\d+\])*)$/;
const stepPattern = /\.([A-Za-z_][\w-]*)|\['([^']+)'\]|\[(\d+)\]/g;

/** Throws a SyntaxError on everything outside the subset: wildcards, slices, filters. */
export function parsePath(text: string): JsonPath {
  const [match, root, rest = ''] = pathPattern.exec(text) ?? [];
  if (match === undefined) throw new SyntaxError(`"${text}" is not a path such as $.name[0]`);
  const steps = [...rest.matchAll(stepPattern)].map(([, dotted, quoted, index]) =>
    index === undefined ? (dotted ?? quoted ?? '') : Number(index),
  );
  return { root: root === '$$' ? '$$' : '$', steps };
}

/** What lies at `steps` of a JSON document; undefined when there is nothing. */
export function readAt(document: unknown, steps: readonly (string | number)[]): unknown {
  return steps.reduce(child, document);
}

/** A copy of `document` with `value` at `steps`, making objects on the way; undefined when that cannot be. */
export function writeAt(document: unknown, steps: readonly (string | number)[], value: unknown): unknown {
  const [step, ...rest] = steps;
  if (step === undefined) return value;
  if (Array.isArray(document)) {
    if (typeof step !== 'number' || step >= document.length) return undefined;
    const written = writeAt(document[step], rest, value);
    return written === undefined ? undefined : document.with(step, written);
  }
  if (typeof step !== 'string' || !isJsonObject(document)) return undefined;
  const written = writeAt(child(document, step) ?? {}, rest, value);
  return written === undefined ? undefined : { ...document, [step]: written };
}

export function isJsonObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function child(parent: unknown, step: string | number): unknown {
  if (Array.isArray(parent)) return typeof step === 'number' ? parent[step] : undefined;
  return isJsonObject(parent) && Object.hasOwn(parent, step) ? parent[step] : undefined;
}
