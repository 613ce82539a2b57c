import * as z from 'zod';
import { lookUp, readPath, type Scope } from './expression.ts';
import { pathSchema } from './path-schemas.ts';
import { StatesError } from './states-error.ts';

interface Operator {
  readonly operand: z.ZodType;
  readonly holds: (value: unknown, operand: unknown) => boolean;
}

const byNumber = (test: (value: number, operand: number) => boolean): Operator => ({
  operand: z.number(),
  holds: (value, operand) => typeof value === 'number' && typeof operand === 'number' && test(value, operand),
});
const byType = (test: (value: unknown) => boolean): Operator => ({
  operand: z.boolean(),
  holds: (value, operand) => test(value) === operand,
});

const comparisons: Readonly<Record<string, Operator>> = {
  StringEquals: {
    operand: z.string(),
    holds: (value, operand) => typeof value === 'string' && value === operand,
  },
  BooleanEquals: {
    operand: z.boolean(),
    holds: (value, operand) => typeof value === 'boolean' && value === operand,
  },
  NumericEquals: byNumber((value, operand) => value === operand),
  NumericLessThan: byNumber((value, operand) => value < operand),
  NumericLessThanEquals: byNumber((value, operand) => value <= operand),
  NumericGreaterThan: byNumber((value, operand) => value > operand),
  NumericGreaterThanEquals: byNumber((value, operand) => value >= operand),
};

const operators: Readonly<Record<string, Operator>> = {
  ...comparisons,
  StringMatches: { operand: z.string(), holds: matchesPattern },
  IsPresent: byType((value) => value !== undefined),
  IsNull: byType((value) => value === null),
  IsString: byType((value) => typeof value === 'string'),
  IsNumeric: byType((value) => typeof value === 'number'),
  IsBoolean: byType((value) => typeof value === 'boolean'),
};

/** Operators that compare with what lies at another path, for example `StringEqualsPath`. */
const pathOperators = Object.keys(comparisons).map((name) => `${name}Path`);

const comparisonSchema = z
  .strictObject({
    Variable: pathSchema,
    ...Object.fromEntries(Object.entries(operators).map(([name, { operand }]) => [name, operand.optional()])),
    ...Object.fromEntries(pathOperators.map((name) => [name, pathSchema.optional()])),
  })
  .transform(({ Variable, ...given }, { addIssue }) => {
    const [first, ...others] = Object.entries<unknown>(given);
    if (first !== undefined && others.length === 0) {
      return { variable: Variable, operator: first[0], operand: first[1] };
    }
    addIssue(`A comparison has exactly one operator, not ${others.length + (first === undefined ? 0 : 1)}`);
    return z.NEVER;
  });
type Comparison = z.output<typeof comparisonSchema>;

type ChoiceRule =
  | Comparison
  | { readonly And: readonly ChoiceRule[] }
  | { readonly Or: readonly ChoiceRule[] }
  | { readonly Not: ChoiceRule };

const choiceRuleSchema: z.ZodType<ChoiceRule> = z.lazy(() =>
  z.union([
    z.strictObject({ And: z.array(choiceRuleSchema).min(1) }),
    z.strictObject({ Or: z.array(choiceRuleSchema).min(1) }),
    z.strictObject({ Not: choiceRuleSchema }),
    comparisonSchema,
  ]),
);

/** One branch of a Choice state: where to go when its rule holds. */
export const choiceSchema = z
  .looseObject({ Next: z.string(), Comment: z.string().optional() })
  .transform(({ Next, Comment: _comment, ...rule }): { Next: string; rule: unknown } => ({ Next, rule }))
  .pipe(z.object({ Next: z.string(), rule: choiceRuleSchema }));

/** Whether a rule holds. Throws States.Runtime when it compares something that is not there. */
export function isRuleTrue(rule: ChoiceRule, scope: Scope): boolean {
  if ('And' in rule) return rule.And.every((part) => isRuleTrue(part, scope));
  if ('Or' in rule) return rule.Or.some((part) => isRuleTrue(part, scope));
  if ('Not' in rule) return !isRuleTrue(rule.Not, scope);
  const { variable, operator, operand } = rule;
  if (operator === 'IsPresent') return (lookUp(variable, scope) !== undefined) === operand;
  const value = readPath(variable, scope);
  if (!pathOperators.includes(operator)) return requireOperator(operator).holds(value, operand);
  return requireOperator(operator.slice(0, -'Path'.length)).holds(value, readPath(String(operand), scope));
}

function requireOperator(name: string): Operator {
  const operator = operators[name];
  if (operator === undefined) throw new StatesError('States.Runtime', `${name} is not an operator`);
  return operator;
}

function matchesPattern(value: unknown, pattern: unknown): boolean {
  if (typeof value !== 'string' || typeof pattern !== 'string') return false;
  const source = pattern.replace(/\\([*\\])|\*|[.+?^${}()|[\]\\]/g, (match, escaped?: string) => {
    if (escaped !== undefined) return `\\${escaped}`;
    return match === '*' ? '.*' : `\\${match}`;
  });
  return new RegExp(`^${source}$`, 's').test(value);
}
