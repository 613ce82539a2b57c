import type * as z from 'zod';
import type { Violation } from '../domain/quote.ts';
import { InvalidRequestError } from '../errors.ts';
import { describeIssue, type FieldGuide, refusedFields } from './describe-issue.ts';

/** A body of fields, all of which may be absent. */
interface FieldForm<Fields> extends FieldGuide {
  readonly schema: z.ZodType<Fields>;
  /** A body as JSON, to show to who sends something else. */
  readonly example: string;
}

interface ParsedFields<Fields> {
  /** Without those that were refused. */
  readonly fields: Fields;
  readonly violations: readonly Violation[];
}

/**
 * Reads a body strictly: each field at fault becomes a violation, all are told at once. Throws
 * InvalidRequestError for what is no object.
 */
export function parseFields<Fields>(body: unknown, form: FieldForm<Fields>): ParsedFields<Fields> {
  if (!isObject(body)) throw new InvalidRequestError([notAnObject(form.example)]);
  const parsed = form.schema.safeParse(body);
  if (parsed.success) return { fields: parsed.data, violations: [] };
  const { issues } = parsed.error;
  const refused = refusedFields(issues);
  const rest = Object.entries(body).filter(([field]) => !refused.has(field));
  const violations = issues.flatMap((issue) => describeIssue(issue, body, form));
  return { fields: form.schema.parse(Object.fromEntries(rest)), violations };
}

/** Throws one InvalidRequestError with all that is wrong. */
export function refuseIfAny([first, ...others]: readonly Violation[]): void {
  if (first !== undefined) throw new InvalidRequestError([first, ...others]);
}

/** Checked by hand: a schema would visit every field, of which there may be hundreds of thousands. */
function isObject(body: unknown): body is Readonly<Record<string, unknown>> {
  return typeof body === 'object' && body !== null && !Array.isArray(body);
}

function notAnObject(example: string): Violation {
  return { param: 'body', code: 'wrong_type', message: `The body must be a JSON object such as ${example}` };
}
