import { StatesError } from './states-error.ts';

type Intrinsic = (operands: readonly unknown[]) => unknown;

/** The supported intrinsic functions. Each throws States.IntrinsicFailure on operands that it cannot take. */
export const intrinsics: ReadonlyMap<string, Intrinsic> = new Map<string, Intrinsic>([
  ['States.Format', format],
  ['States.StringToJson', stringToJson],
  ['States.JsonToString', ([value]) => JSON.stringify(value)],
]);

function format([template, ...values]: readonly unknown[]): string {
  if (typeof template !== 'string') throw failure('States.Format needs a text as its first operand');
  const rest = [...values];
  const text = template.replace(/\\([{}])|\{\}/g, (_match, escaped?: string) => {
    if (escaped !== undefined) return escaped;
    if (rest.length === 0) throw failure(`States.Format has too few operands for "${template}"`);
    const value = rest.shift();
    return typeof value === 'string' ? value : JSON.stringify(value);
  });
  if (rest.length > 0) throw failure(`States.Format has too many operands for "${template}"`);
  return text;
}

function stringToJson([text]: readonly unknown[]): unknown {
  if (typeof text !== 'string') throw failure('States.StringToJson needs a text');
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw failure(`States.StringToJson cannot read "${text}": ${cause}`);
  }
}

function failure(cause: string): StatesError {
  return new StatesError('States.IntrinsicFailure', cause);
}
