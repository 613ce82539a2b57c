import type * as z from 'zod';
import type { Violation } from '../domain/quote.ts';
import { allowedValues, issueParamsSchema, type OrderParam } from './order-fields.ts';

type Issue = z.core.$ZodIssue;
type Body = Readonly<Record<string, unknown>>;

/** Values of these are shown by their kind only: prompts, images and metadata are the customer's own. */
const shownFields: ReadonlySet<string> = new Set<OrderParam>([
  'model',
  'seconds',
  'resolution',
  'size',
  'aspect_ratio',
  'seed',
  'prompt_optimizer',
  'provider',
  'max_cost_usd',
]);
const maxShownLength = 40;

/** The body's fields that issues are about. */
export function refusedFields(issues: readonly Issue[]): ReadonlySet<string> {
  return new Set(issues.flatMap((issue) => unknownFields(issue) ?? String(issue.path[0])));
}

/** What one issue means in the words of the public contract. */
export function describeIssue(issue: Issue, body: Body): Violation[] {
  const known = Object.keys(allowedValues).join(', ');
  const unknown = unknownFields(issue)?.map(
    (param): Violation => ({
      param,
      code: 'unknown_field',
      message: `${param} is unknown; known are ${known}`,
    }),
  );
  return unknown ?? [describeValue(issue, body)];
}

function unknownFields(issue: Issue): string[] | undefined {
  return issue.code === 'unrecognized_keys' && issue.path.length === 0 ? issue.keys : undefined;
}

function describeValue(issue: Issue, body: Body): Violation {
  const [field, ...inside] = issue.path.map(String);
  const allowed = Object.entries(allowedValues).find(([param]) => param === field)?.[1];
  const given = inside.length === 0 ? describeGiven(field, body) : 'something else inside';
  return {
    param: [field, ...inside].join('.'),
    code: ownCode(issue) ?? 'wrong_type',
    message: `${field} must be ${allowed}; got ${given}`,
  };
}

function ownCode(issue: Issue) {
  if (issue.code !== 'custom') return undefined;
  return issueParamsSchema.safeParse(issue.params).data?.violation;
}

function describeGiven(field = '', body: Body): string {
  const value = body[field];
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return value instanceof Uint8Array ? 'a file' : 'an object';
  if (!shownFields.has(field)) return typeof value === 'string' ? 'other text' : `a ${typeof value}`;
  const shown = JSON.stringify(value);
  return shown.length > maxShownLength ? `${shown.slice(0, maxShownLength)}…` : shown;
}
