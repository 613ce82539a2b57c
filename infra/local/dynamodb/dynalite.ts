import { createRequire } from 'node:module';
import database, { type Callback, type Store, type Table, type ValidInput } from 'dynalite/db/index.js';
import validations from 'dynalite/validations/index.js';
import * as z from 'zod';
import { AwsServiceError } from '../aws-service-error.ts';

type Action = (store: Store, input: ValidInput, done: Callback<object>) => void;

const operations = [
  'BatchGetItem',
  'BatchWriteItem',
  'CreateTable',
  'DeleteItem',
  'DeleteTable',
  'DescribeTable',
  'GetItem',
  'ListTables',
  'ListTagsOfResource',
  'PutItem',
  'Query',
  'Scan',
  'TagResource',
  'UntagResource',
  'UpdateItem',
  'UpdateTable',
] as const;
export type DynaliteOperation = (typeof operations)[number];

const require = createRequire(import.meta.url);
const isFunction = (value: unknown) => typeof value === 'function';
const actionSchema = z.custom<Action>(isFunction);
const validationSchema = z.object({
  types: z.record(z.string(), z.unknown()),
  custom: z.unknown().optional(),
});
const errorSchema = z.object({
  body: z.object({ __type: z.string(), message: z.string().optional(), Message: z.string().optional() }),
});

const loaded = new Map(operations.map((operation) => [operation, load(operation)]));

function load(operation: DynaliteOperation) {
  const file = operation.charAt(0).toLowerCase() + operation.slice(1);
  return {
    action: actionSchema.parse(require(`dynalite/actions/${file}`)),
    validation: validationSchema.parse(require(`dynalite/validations/${file}`)),
  };
}

function requireOperation(operation: DynaliteOperation) {
  const found = loaded.get(operation);
  if (found === undefined) throw new Error(`dynalite has no ${operation}`);
  return found;
}

export function isDynaliteOperation(operation: string): operation is DynaliteOperation {
  return operations.some((known) => known === operation);
}

/** Checks an input as dynalite does and parses its expressions. Fields it does not know are dropped. */
export function validateInput(store: Store, operation: DynaliteOperation, input: unknown): ValidInput {
  const { types, custom } = requireOperation(operation).validation;
  try {
    const valid = validations.checkTypes(input, types);
    validations.checkValidations(valid, types, custom, store);
    return valid;
  } catch (error) {
    throw toServiceError(error);
  }
}

export function runAction(store: Store, operation: DynaliteOperation, input: ValidInput): Promise<object> {
  return settled((done) => requireOperation(operation).action(store, input, done));
}

/** A table that is ready for use; throws ResourceNotFoundException otherwise. */
export function requireTable(store: Store, name: string): Promise<Table> {
  return settled((done) => store.getTable(name, true, done));
}

/** Throws ConditionalCheckFailedException when `item` does not meet the condition of `input`. */
export function checkCondition(input: ValidInput, item: Parameters<typeof database.checkConditional>[1]) {
  const failure = database.checkConditional(input, item);
  if (failure) throw toServiceError(failure);
}

/** The key under which dynalite stores the item. Throws ValidationException when the key is malformed. */
export function toStoredKey(input: ValidInput, table: Table): string {
  const attributes = input.Item ?? input.Key ?? {};
  const failure = input.Item
    ? database.validateItem(attributes, table)
    : database.validateKey(attributes, table);
  if (failure) throw toServiceError(failure);
  return database.createKey(attributes, table);
}

function settled<T>(start: (done: Callback<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    start((error, value) => (error ? reject(toServiceError(error)) : resolve(value)));
  });
}

function toServiceError(error: unknown): unknown {
  const parsed = errorSchema.safeParse(error);
  if (!parsed.success) return error;
  const { __type, message, Message } = parsed.data.body;
  return new AwsServiceError(__type.replace(/^.*#/, ''), message ?? Message ?? '');
}
