/** No dialect nests as deep; what does must not use up the stack. */
const maxDepth = 16;

/** A JSON value without the members of objects that are null: typed clients write one for what is not given. */
export function withoutNulls(value: unknown, depth = 0): unknown {
  if (typeof value !== 'object' || value === null || depth > maxDepth) return value;
  if (Array.isArray(value)) return value.map((element) => withoutNulls(element, depth + 1));
  const members = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(members.map(([name, member]) => [name, withoutNulls(member, depth + 1)]));
}
