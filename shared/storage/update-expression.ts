import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';

/** Attribute paths such as `state` or `attempts[0].outcome`, with what becomes of them. */
export interface ItemChanges {
  /** An undefined value leaves the attribute as it is. */
  readonly set?: Readonly<Record<string, unknown>>;
  /** Set only where the attribute is absent. */
  readonly setOnce?: Readonly<Record<string, unknown>>;
  readonly add?: Readonly<Record<string, number>>;
  /** Adds to the end of lists that are there. */
  readonly append?: Readonly<Record<string, readonly unknown[]>>;
  readonly remove?: readonly string[];
}

/** A condition as text over `{path}` and `:value` placeholders, with the values. */
export interface ItemCondition {
  readonly text: string;
  readonly values?: Readonly<Record<string, unknown>>;
}

interface UpdateParts {
  readonly UpdateExpression: string;
  readonly ConditionExpression?: string;
  readonly ExpressionAttributeNames: Record<string, string>;
  readonly ExpressionAttributeValues?: Record<string, AttributeValue>;
}

/** The expression parts of an UpdateItem. Every name is a placeholder, so no reserved word can bite. */
export function toUpdateParts(changes: ItemChanges, condition?: ItemCondition): UpdateParts {
  const names: Record<string, string> = {};
  const values: Record<string, AttributeValue> = marshall(condition?.values ?? {});
  const name = (path: string) => path.replace(/[A-Za-z]\w*/g, (word) => nameOf(word, names));
  const value = (given: unknown) => {
    const placeholder = `:v${Object.keys(values).length}`;
    Object.assign(values, marshall({ [placeholder]: given }, { removeUndefinedValues: true }));
    return placeholder;
  };
  const defined = Object.entries(changes.set ?? {}).filter(([, given]) => given !== undefined);
  const once = Object.entries(changes.setOnce ?? {});
  const appended = Object.entries(changes.append ?? {});
  const clauses = [
    clause('SET', [
      ...defined.map(([path, given]) => `${name(path)} = ${value(given)}`),
      ...once.map(([path, given]) => `${name(path)} = if_not_exists(${name(path)}, ${value(given)})`),
      ...appended.map(([path, given]) => `${name(path)} = list_append(${name(path)}, ${value(given)})`),
    ]),
    clause(
      'ADD',
      Object.entries(changes.add ?? {}).map(([path, given]) => `${name(path)} ${value(given)}`),
    ),
    clause('REMOVE', (changes.remove ?? []).map(name)),
  ];
  return {
    UpdateExpression: clauses.filter((text) => text !== '').join(' '),
    ...(condition !== undefined && {
      ConditionExpression: condition.text.replace(/\{([^}]+)\}/g, (_, path: string) => name(path)),
    }),
    ExpressionAttributeNames: names,
    ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
  };
}

function nameOf(word: string, names: Record<string, string>): string {
  names[`#${word}`] = word;
  return `#${word}`;
}

function clause(verb: string, parts: readonly string[]): string {
  return parts.length === 0 ? '' : `${verb} ${parts.join(', ')}`;
}
