import * as z from 'zod';
import { commonFields, type State, stateSchema, timeoutSecondsSchema } from './states.ts';

const definitionSchema = z
  .strictObject({
    ...commonFields,
    StartAt: z.string(),
    States: z.record(z.string(), stateSchema),
    TimeoutSeconds: timeoutSecondsSchema.optional(),
  })
  .superRefine(({ StartAt, States }, { addIssue }) => {
    const targets = [StartAt, ...Object.values(States).flatMap(listTargets)];
    for (const target of targets.filter((name) => States[name] === undefined)) {
      addIssue(`There is no state "${target}" to go to`);
    }
  });
export type Definition = z.output<typeof definitionSchema>;

export interface Machine {
  readonly arn: string;
  readonly name: string;
  readonly definition: Definition;
  readonly roleArn?: string;
}

/** Reads a definition; throws one error that says all that is wrong or not supported in it. */
export function parseDefinition(machineName: string, definition: unknown): Definition {
  const parsed = definitionSchema.safeParse(definition);
  if (parsed.success) return parsed.data;
  throw new Error(`The state machine ${machineName} cannot be run.\n${z.prettifyError(parsed.error)}`);
}

function listTargets(state: State): string[] {
  switch (state.Type) {
    case 'Task':
      return [state.Next, ...state.Catch.map(({ Next }) => Next)].filter(isGiven);
    case 'Choice':
      return [state.Default, ...state.Choices.map(({ Next }) => Next)].filter(isGiven);
    case 'Wait':
    case 'Pass':
      return [state.Next].filter(isGiven);
    case 'Succeed':
    case 'Fail':
      return [];
  }
}

function isGiven<Value>(value: Value | undefined): value is Value {
  return value !== undefined;
}
