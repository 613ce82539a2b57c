import * as z from 'zod';

/** What an intrinsic function may ask while a value of `logicalId` is resolved. */
export interface ResolutionScope {
  /** Named in every error. */
  readonly logicalId: string;
  reference(logicalId: string): unknown;
  attribute(logicalId: string, name: string): unknown;
  condition(name: string): boolean;
}

/** What `Ref: AWS::NoValue` yields: the property or element that holds it vanishes. */
export const noValue = Symbol('AWS::NoValue');

type Intrinsic = (argument: unknown, scope: ResolutionScope) => unknown;

const pairSchema = z.tuple([z.unknown(), z.unknown()]);

const intrinsics: Readonly<Record<string, Intrinsic>> = {
  Ref: (argument, scope) => scope.reference(z.string().parse(argument)),
  'Fn::GetAtt': getAttribute,
  'Fn::Join': (argument, scope) => {
    const [separator, parts] = z.tuple([z.string(), z.unknown()]).parse(argument);
    return z.array(z.coerce.string()).parse(resolveIntrinsics(parts, scope)).join(separator);
  },
  'Fn::Sub': substitute,
  'Fn::Select': (argument, scope) => {
    const [index, list] = z
      .tuple([z.coerce.number(), z.array(z.unknown())])
      .parse(resolveIntrinsics(argument, scope));
    if (!(index in list)) throw new Error(`${scope.logicalId}: Fn::Select has no element ${index}`);
    return list[index];
  },
  'Fn::Split': (argument, scope) => {
    const [separator, text] = z.tuple([z.string(), z.string()]).parse(resolveIntrinsics(argument, scope));
    return text.split(separator);
  },
  'Fn::If': (argument, scope) => {
    const [name, whenTrue, whenFalse] = z.tuple([z.string(), z.unknown(), z.unknown()]).parse(argument);
    return resolveIntrinsics(scope.condition(name) ? whenTrue : whenFalse, scope);
  },
  'Fn::Equals': (argument, scope) => {
    const [left, right] = pairSchema.parse(resolveIntrinsics(argument, scope));
    return String(left) === String(right);
  },
};

/** Replaces every intrinsic function in a value of the template; throws for one that is not known here. */
export function resolveIntrinsics(value: unknown, scope: ResolutionScope): unknown {
  if (Array.isArray(value))
    return value.map((element) => resolveIntrinsics(element, scope)).filter((element) => element !== noValue);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [only] = entries;
  if (only !== undefined && entries.length === 1 && isIntrinsicName(only[0])) {
    const intrinsic = intrinsics[only[0]];
    if (intrinsic === undefined)
      throw new Error(`${scope.logicalId}: the intrinsic ${only[0]} is not supported locally`);
    return intrinsic(only[1], scope);
  }
  const resolved = entries.map(([key, inner]) => [key, resolveIntrinsics(inner, scope)]);
  return Object.fromEntries(resolved.filter(([, inner]) => inner !== noValue));
}

function isIntrinsicName(key: string): boolean {
  return key === 'Ref' || key.startsWith('Fn::');
}

function getAttribute(argument: unknown, scope: ResolutionScope): unknown {
  const dotted = z.string().safeParse(argument);
  const [logicalId, name] = dotted.success
    ? splitOnce(dotted.data)
    : z.tuple([z.string(), z.string()]).parse(argument);
  return scope.attribute(logicalId, name);
}

function substitute(argument: unknown, scope: ResolutionScope): string {
  const [text, variables] = Array.isArray(argument)
    ? z.tuple([z.string(), z.record(z.string(), z.unknown())]).parse(argument)
    : [z.string().parse(argument), {}];
  return text.replace(/\$\{(!?)([^}]+)\}/g, (_match, literal: string, name: string) => {
    if (literal !== '') return `\${${name}}`;
    if (name in variables) return String(resolveIntrinsics(variables[name], scope));
    return String(name.includes('.') ? scope.attribute(...splitOnce(name)) : scope.reference(name));
  });
}

function splitOnce(dotted: string): [logicalId: string, attribute: string] {
  const dot = dotted.indexOf('.');
  return [dotted.slice(0, dot), dotted.slice(dot + 1)];
}
