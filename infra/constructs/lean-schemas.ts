/**
 * The source of an SDK client's schemas, with the constants of computed keys written out: `{ [_e]: _c }` becomes
 * `{ "error": _c }`. To esbuild a computed key might call something, so it keeps the schemas of all calls of S3,
 * whichever are made: 55 KB of a bundle.
 */
export function toLeanSchemas(source: string): string {
  const constants = new Map(
    [...source.matchAll(/^const (_\w+) = ("[^"\\]*");$/gm)].map(([, name = '', literal]) => [name, literal]),
  );
  return source.replaceAll(/\[(_\w+)\]:/g, (key, name: string) => {
    const literal = constants.get(name);
    return literal === undefined ? key : `${literal}:`;
  });
}
