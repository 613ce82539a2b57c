import * as z from 'zod';
import { type Violation, violationCodes } from '../domain/quote.ts';
import { quoted, shorten } from '../domain/shown-text.ts';

type Issue = z.core.$ZodIssue;
type Body = Readonly<Record<string, unknown>>;

/** What the fields of a body mean to its reader. */
export interface FieldGuide {
  /** What is allowed in each field, to complete "must be". */
  readonly allowed: Readonly<Record<string, string>>;
  /** The same of the fields inside a field, for those that have some. */
  readonly inside?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /**
   * Values of others are shown by their kind only: prompts, images and metadata are the customer's own. A field inside
   * another is named with a dot.
   */
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
  const allowed = issue.path.length === 0 ? guide.allowed : guide.inside?.[issue.path.join('.')];
  if (issue.code !== 'unrecognized_keys' || allowed === undefined) return [describeValue(issue, body, guide)];
  const known = Object.keys(allowed).join(', ');
  const hint = known === '' ? 'there are no fields here' : `known are ${known}`;
  return issue.keys.map((name) => {
    const param = shorten([...issue.path, name].join('.'));
    return { param, code: 'unknown_field', message: `${param} is unknown; ${hint}` };
  });
}

function unknownFields(issue: Issue): string[] | undefined {
  return issue.code === 'unrecognized_keys' && issue.path.length === 0 ? issue.keys : undefined;
}

function describeValue(issue: Issue, body: Body, guide: FieldGuide): Violation {
  const { name, allowed, isWhole } = findField(issue, guide);
  const isShown = guide.shown.has(name);
  const given = valueAt(body, issue.path);
  const value = isShown || isWhole ? describeGiven(given, isShown) : 'something else';
  const own = ownParams(issue);
  return {
    param: shorten(issue.path.join('.')),
    code: own?.violation ?? (given === undefined ? 'missing_field' : 'wrong_type'),
    message: `${name} must be ${allowed}; got ${own?.given ?? (isWhole ? value : `${value} inside`)}`,
  };
}

/** The field that an issue is about, as deep as the guide goes, and whether it is about the whole of it. */
function findField({ path }: Issue, { allowed, inside }: FieldGuide) {
  const [field = '', inner = ''] = path.map(String);
  const allowedInside = inside?.[field]?.[inner];
  if (allowedInside === undefined)
    return { name: field, allowed: allowed[field], isWhole: path.length === 1 };
  return { name: `${field}.${inner}`, allowed: allowedInside, isWhole: path.length === 2 };
}

function valueAt(body: unknown, path: Issue['path']): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
    body,
  );
}

function ownParams(issue: Issue): IssueParams | undefined {
  return issue.code === 'custom' ? issueParamsSchema.safeParse(issue.params).data : undefined;
}

function describeGiven(value: unknown, isShown: boolean): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object') return value instanceof Uint8Array ? 'a file' : 'an object';
  if (!isShown) return typeof value === 'string' ? 'other text' : `a ${typeof value}`;
  if (typeof value === 'string') return quoted(value);
  // JSON has such numbers, and no way to write them back.
  return typeof value === 'number' && !Number.isFinite(value) ? 'a number out of range' : `${value}`;
}
