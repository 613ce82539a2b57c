import * as z from 'zod';
import { contractDocument } from './find-operation.ts';

type Json = z.infer<ReturnType<typeof z.json>>;
const jsonSchema = z.record(z.string(), z.json());
const definitionsSchema = z.record(z.string(), z.custom<z.core.JSONSchema.JSONSchema>(isObject));

/** What compiled schemas say of themselves stays out of the registry that all share. */
const registry = z.registry<Record<string, unknown>>();

const definitions = definitionsSchema.parse(closed(jsonSchema.parse(contractDocument.components.schemas)));

/**
 * Finds the faults of values by a schema of the document, as `path: what is wrong`. An answer may say nothing that the
 * document does not know, although clients must allow for it. Of several schemas the faults are told that tell most.
 */
export function createValidator(schema: unknown): (value: unknown) => readonly string[] {
  const { anyOf, ...only } = jsonSchema.parse(closed(z.json().parse(schema)));
  const compiled = (Array.isArray(anyOf) ? anyOf : [only]).map(compile);
  return (value) => {
    const results = compiled.map((option) => option.safeParse(value));
    if (results.some(({ success }) => success)) return [];
    const found = results.map(({ error }) => error?.issues ?? []);
    const [closest = []] = found.toSorted((one, other) => weightOf(one) - weightOf(other));
    return closest.map((issue) => describe(issue));
  };
}

const validators = new Map<unknown, ReturnType<typeof createValidator>>();

/** The one of a schema of the document, compiled at its first use, once a worker. */
export function validatorOf(schema: unknown) {
  const known = validators.get(schema);
  if (known !== undefined) return known;
  const made = createValidator(schema);
  validators.set(schema, made);
  return made;
}

function compile(schema: Json): z.ZodType {
  return z.fromJSONSchema({ ...jsonSchema.parse(schema), $defs: definitions }, { registry });
}

/** Whoever knows most of the fields is meant. */
function weightOf(issues: readonly z.core.$ZodIssue[]): number {
  return issues.reduce(
    (sum, issue) => sum + (issue.code === 'unrecognized_keys' ? 3 * issue.keys.length : 1),
    0,
  );
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

/** With `additionalProperties: false` where nothing else is said, and references as the validator reads them. */
function closed(value: Json): Json {
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, inner]) => [
    name,
    name === '$ref' ? toLocal(inner) : closed(inner),
  ]);
  const isShape = value['type'] === 'object' && 'properties' in value && !('additionalProperties' in value);
  return { ...Object.fromEntries(entries), ...(isShape && { additionalProperties: false }) };
}

function toLocal(reference: Json): string {
  return z.string().parse(reference).replace('#/components/schemas/', '#/$defs/');
}

/** Of a choice the alternative that went furthest. */
function describe(issue: z.core.$ZodIssue, above: readonly PropertyKey[] = []): string {
  const path = [...above, ...issue.path];
  const alternatives = issue.code === 'invalid_union' ? issue.errors.flatMap(([first]) => first ?? []) : [];
  const [furthest] = alternatives.toSorted((one, other) => other.path.length - one.path.length);
  return furthest === undefined
    ? `${path.map(String).join('.')}: ${issue.message}`
    : describe(furthest, path);
}
