import * as z from 'zod';
import { choiceSchema } from './choice-rule.ts';
import { catchSchema, retrySchema } from './failure-rules.ts';
import { pathSchema, referencePathSchema, templateSchema } from './path-schemas.ts';
import { type Resource, toResource } from './resource.ts';

const longestSeconds = 99_999_999;
/** A time-out: a whole number of seconds from 1 to 99,999,999. */
export const timeoutSecondsSchema = z.int().positive().max(longestSeconds);
/** How long a Wait state waits: as a time-out, and 0. */
export const waitSecondsSchema = z.int().nonnegative().max(longestSeconds);

/** Fields that every state, and the machine itself, may have. */
export const commonFields = {
  Comment: z.string().optional(),
  QueryLanguage: z.literal('JSONPath').optional(),
};
const inputOutputFields = {
  InputPath: pathSchema.nullable().default('$'),
  OutputPath: pathSchema.nullable().default('$'),
};
const resultFields = {
  Parameters: templateSchema.optional(),
  ResultPath: referencePathSchema.nullable().default('$'),
};
const transitionFields = { Next: z.string().optional(), End: z.literal(true).optional() };

function hasOneWayOut(state: { Next?: string | undefined; End?: true | undefined }): boolean {
  return (state.Next === undefined) !== (state.End === undefined);
}
const oneWayOut = { error: 'A state has either Next or End' };

const taskStateSchema = z
  .strictObject({
    Type: z.literal('Task'),
    ...commonFields,
    ...inputOutputFields,
    ...resultFields,
    ...transitionFields,
    Resource: z.string().transform(parseResource),
    ResultSelector: templateSchema.optional(),
    TimeoutSeconds: timeoutSecondsSchema.optional(),
    TimeoutSecondsPath: referencePathSchema.optional(),
    Retry: retrySchema,
    Catch: catchSchema,
  })
  .refine(hasOneWayOut, oneWayOut)
  .refine((state) => state.TimeoutSeconds === undefined || state.TimeoutSecondsPath === undefined, {
    error: 'A state has at most one of TimeoutSeconds and TimeoutSecondsPath',
  });
export type TaskState = z.output<typeof taskStateSchema>;

const choiceStateSchema = z.strictObject({
  Type: z.literal('Choice'),
  ...commonFields,
  ...inputOutputFields,
  Choices: z.array(choiceSchema).min(1),
  Default: z.string().optional(),
});
export type ChoiceState = z.output<typeof choiceStateSchema>;

const waitStateSchema = z
  .strictObject({
    Type: z.literal('Wait'),
    ...commonFields,
    ...inputOutputFields,
    ...transitionFields,
    Seconds: waitSecondsSchema.optional(),
    SecondsPath: referencePathSchema.optional(),
    Timestamp: z.iso.datetime({ offset: true }).optional(),
  })
  .refine(hasOneWayOut, oneWayOut)
  .refine((state) => [state.Seconds, state.SecondsPath, state.Timestamp].filter(isGiven).length === 1, {
    error: 'A Wait state has exactly one of Seconds, SecondsPath and Timestamp',
  });
export type WaitState = z.output<typeof waitStateSchema>;

const passStateSchema = z
  .strictObject({
    Type: z.literal('Pass'),
    ...commonFields,
    ...inputOutputFields,
    ...resultFields,
    ...transitionFields,
    Result: z.unknown().optional(),
  })
  .refine(hasOneWayOut, oneWayOut);
export type PassState = z.output<typeof passStateSchema>;

const succeedStateSchema = z.strictObject({
  Type: z.literal('Succeed'),
  ...commonFields,
  ...inputOutputFields,
});
export type SucceedState = z.output<typeof succeedStateSchema>;

const failStateSchema = z.strictObject({
  Type: z.literal('Fail'),
  ...commonFields,
  Error: z.string().optional(),
  Cause: z.string().optional(),
});
export type FailState = z.output<typeof failStateSchema>;

export const stateSchema = z.discriminatedUnion('Type', [
  taskStateSchema,
  choiceStateSchema,
  waitStateSchema,
  passStateSchema,
  succeedStateSchema,
  failStateSchema,
]);
export type State = z.output<typeof stateSchema>;

function parseResource(arn: string, { addIssue }: { addIssue: (issue: string) => void }): Resource {
  const resource = toResource(arn);
  if (resource !== undefined) return resource;
  addIssue(`The resource ${arn} is not supported`);
  return z.NEVER;
}

function isGiven<Value>(value: Value | undefined): value is Value {
  return value !== undefined;
}
