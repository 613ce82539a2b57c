/**
 * In place of a module of zod that writes JSON Schemas, what it exports: functions that throw, or make one that throws.
 * Every schema has a method for it, so they are in each bundle: 19 KB, of which Docs alone makes use.
 */
export function withoutJsonSchemas(source: string): string {
  const names = [...source.matchAll(/^export (?:const|function) (\w+)|^export \{ \w+ as\s(\w+) \}/gm)].map(
    ([, name, alias]) => name ?? alias ?? '',
  );
  const exported = names.map(
    (name) => `export const ${name} = ${name.startsWith('create') ? '() => ' : ''}refuse;`,
  );
  return [
    "const refuse = () => { throw new Error('Only Docs is bundled with JSON Schemas'); };",
    ...exported,
  ].join('\n');
}
