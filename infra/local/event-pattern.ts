import * as z from 'zod';

type Test = (value: unknown) => boolean;

const scalarSchema = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const objectSchema = z.record(z.string(), z.unknown());
const operatorSchema = z.strictObject({
  prefix: z.string().optional(),
  suffix: z.string().optional(),
  wildcard: z.string().optional(),
  exists: z.boolean().optional(),
  'anything-but': z.unknown().optional(),
});

/**
 * Compiles an EventBridge event pattern. Of its operators it knows `prefix`, `suffix`, `wildcard`, `exists`
 * and `anything-but`; throws for any other.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */
export function compileEventPattern(pattern: unknown): Test {
  const fields = Object.entries(objectSchema.parse(pattern));
  const tests = fields.map(([name, wanted]): Test => {
    if (name.startsWith('$')) throw new Error(`The event pattern operator ${name} is not supported locally`);
    const test = Array.isArray(wanted) ? compileAlternatives(wanted) : compileEventPattern(wanted);
    return (event) => test(readField(event, name));
  });
  return (event) => tests.every((test) => test(event));
}

/** The values of a leaf: any may match, and of an event's array any element. */
function compileAlternatives(alternatives: readonly unknown[]): Test {
  const tests = alternatives.map(compileAlternative);
  return (value) => {
    const candidates = Array.isArray(value) ? value : [value];
    return candidates.some((candidate) => tests.some((test) => test(candidate)));
  };
}

function compileAlternative(alternative: unknown): Test {
  const scalar = scalarSchema.safeParse(alternative);
  if (scalar.success) return (value) => value === scalar.data;
  const parsed = operatorSchema.safeParse(alternative);
  if (!parsed.success || Object.keys(parsed.data).length !== 1) {
    throw new Error(`The event pattern ${JSON.stringify(alternative)} is not supported locally`);
  }
  const { prefix, suffix, wildcard, exists, 'anything-but': excluded } = parsed.data;
  if (prefix !== undefined) return (value) => typeof value === 'string' && value.startsWith(prefix);
  if (suffix !== undefined) return (value) => typeof value === 'string' && value.endsWith(suffix);
  if (wildcard !== undefined) return compileWildcard(wildcard);
  if (exists !== undefined) return (value) => (value !== undefined) === exists;
  const isExcluded = compileAlternatives(Array.isArray(excluded) ? excluded : [excluded]);
  return (value) => value !== undefined && !isExcluded(value);
}

function compileWildcard(wildcard: string): Test {
  const parts = wildcard.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const expression = new RegExp(`^${parts.join('.*')}$`, 's');
  return (value) => typeof value === 'string' && expression.test(value);
}

function readField(event: unknown, name: string): unknown {
  const fields = objectSchema.safeParse(event);
  return fields.success ? fields.data[name] : undefined;
}
