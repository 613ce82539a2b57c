import * as z from 'zod';
import { type Violation, violationCodes } from '../domain/quote.ts';
import { quoted, shorten } from '../domain/shown-text.ts';

type Issue = z.core.$ZodIssue;
type Body = Readonly<Record<string, unknown>>;

/** What the fields of a body mean to its reader. */
export interface FieldGuide {
  /** What is allowed in each field, to complete "must be". */
  readonly allowed: Readonly<Record<string, string>>;
  /** Values of others are shown by their kind only: prompts, images and metadata are the customer's own. */
  readonly shown: ReadonlySet<string>;
}

const issueParamsSchema = z.object({
  violation: z.enum(violationCodes).optional(),
  /** What was given, where the value itself does not tell. */
  given: z.string().optional(),
});
/** What a field's own check adds to an issue when its fault is not the type, or not to be seen. */
export type IssueParams = z.infer<typeof issueParamsSchema>;

/** The body's fields that issues are about. */
export function refusedFields(issues: readonly Issue[]): ReadonlySet<string> {
  return new Set(issues.flatMap((issue) => unknownFields(issue) ?? String(issue.path[0])));
}

/** What one issue means in the words of the public contract. */
export function describeIssue(issue: Issue, body: Body, guide: FieldGuide): Violation[] {
  const unknown = unknownFields(issue);
  if (unknown === undefined) return [describeValue(issue, body, guide)];
  const known = Object.keys(guide.allowed).join(', ');
  const hint = known === '' ? 'there are no fields here' : `known are ${known}`;
  return unknown.map((name) => {
    const param = shorten(name);
    return { param, code: 'unknown_field', message: `${param} is unknown; ${hint}` };
  });
}

function unknownFields(issue: Issue): string[] | undefined {
  return issue.code === 'unrecognized_keys' && issue.path.length === 0 ? issue.keys : undefined;
}

function describeValue(issue: Issue, body: Body, { allowed, shown }: FieldGuide): Violation {
  const [field = '', ...inside] = issue.path.map(String);
  const own = ownParams(issue);
  const given = inside.length === 0 ? describeGiven(body[field], shown.has(field)) : 'something else inside';
  return {
    param: shorten([field, ...inside].join('.')),
    code: own?.violation ?? 'wrong_type',
    message: `${field} must be ${allowed[field]}; got ${own?.given ?? given}`,
  };
}

function ownParams(issue: Issue): IssueParams | undefined {
  return issue.code === 'custom' ? issueParamsSchema.safeParse(issue.params).data : undefined;
}

function describeGiven(value: unknown, isShown: boolean): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return value instanceof Uint8Array ? 'a file' : 'an object';
  if (!isShown) return typeof value === 'string' ? 'other text' : `a ${typeof value}`;
  if (typeof value === 'string') return quoted(value);
  // JSON has such numbers, and no way to write them back.
  return typeof value === 'number' && !Number.isFinite(value) ? 'a number out of range' : `${value}`;
}
