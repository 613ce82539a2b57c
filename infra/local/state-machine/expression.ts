import { intrinsics } from './intrinsics.ts';
import { type JsonPath, parsePath, readAt } from './json-path.ts';
import { StatesError } from './states-error.ts';

/** What expressions read: the state's document by `$`, the context object by `$$`. */
export interface Scope {
  readonly document: unknown;
  readonly context: unknown;
}

/** The value of a field whose name ends in `.$`: a path or a call of an intrinsic function. */
type Expression =
  | { readonly kind: 'path'; readonly text: string; readonly path: JsonPath }
  | { readonly kind: 'literal'; readonly value: unknown }
  | { readonly kind: 'call'; readonly name: string; readonly operands: readonly Expression[] };

const tokenPattern =
  /\s*(?:(States\.\w+\()|'((?:\\.|[^'\\])*)'|(\$(?:[$.\w-]|\[\d+\]|\['[^']+'\])*)|(-?\d+(?:\.\d+)?|true|false|null)|([,)]))\s*/y;

/** Throws a SyntaxError when `text` is no supported expression. */
export function parseExpression(text: string): Expression {
  if (text.startsWith('$')) return toPath(text);
  const tokens = tokenize(text);
  const expression = takeExpression(tokens);
  if (expression.kind !== 'call' || tokens.length > 0) {
    throw new SyntaxError(`"${text}" is neither a path nor a call of an intrinsic function`);
  }
  return expression;
}

/** Throws States.Runtime when a path leads to nothing and States.IntrinsicFailure when a call fails. */
export function evaluate(expression: Expression, scope: Scope): unknown {
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'path':
      return requireAt(expression, scope);
    case 'call': {
      const operands = expression.operands.map((operand) => evaluate(operand, scope));
      return intrinsics.get(expression.name)?.(operands);
    }
  }
}

/** What lies at a path; undefined when there is nothing. */
export function lookUp(path: string, scope: Scope): unknown {
  const { root, steps } = parsePath(path);
  return readAt(root === '$' ? scope.document : scope.context, steps);
}

/** What lies at a path; throws States.Runtime when there is nothing. */
export function readPath(path: string, scope: Scope): unknown {
  return evaluate(toPath(path), scope);
}

function requireAt({ text }: { text: string }, scope: Scope): unknown {
  const value = lookUp(text, scope);
  if (value !== undefined) return value;
  throw new StatesError('States.Runtime', `The JSONPath '${text}' could not be found in the input`);
}

function toPath(text: string): Expression {
  return { kind: 'path', text, path: parsePath(text) };
}

type Token = RegExpExecArray;

function tokenize(text: string): Token[] {
  const pattern = new RegExp(tokenPattern);
  const tokens: Token[] = [];
  while (pattern.lastIndex < text.length) {
    const token = pattern.exec(text);
    if (token === null) throw new SyntaxError(`"${text}" cannot be read as an expression`);
    tokens.push(token);
  }
  return tokens;
}

function takeExpression(tokens: Token[]): Expression {
  const [, call, quoted, path, literal] = tokens.shift() ?? [];
  if (call !== undefined) return takeCall(call.slice(0, -1), tokens);
  if (path !== undefined) return toPath(path);
  if (quoted !== undefined) return { kind: 'literal', value: quoted.replace(/\\(['\\])/g, '$1') };
  if (literal !== undefined) return { kind: 'literal', value: JSON.parse(literal) };
  throw new SyntaxError('an operand of an intrinsic function is missing');
}

function takeCall(name: string, tokens: Token[]): Expression {
  if (!intrinsics.has(name)) throw new SyntaxError(`the intrinsic function ${name} is not supported`);
  const operands: Expression[] = [];
  for (let separator = ','; separator === ','; separator = tokens.shift()?.[5] ?? '') {
    operands.push(takeExpression(tokens));
  }
  return { kind: 'call', name, operands };
}
