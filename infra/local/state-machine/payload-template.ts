import { evaluate, parseExpression, type Scope } from './expression.ts';
import { isJsonObject } from './json-path.ts';

/** Fills in Parameters or a ResultSelector: a field `name.$` becomes `name` with the value of its expression. */
export function fillTemplate(template: unknown, scope: Scope): unknown {
  if (Array.isArray(template)) return template.map((element) => fillTemplate(element, scope));
  if (!isJsonObject(template)) return template;
  return Object.fromEntries(
    Object.entries(template).map(([name, value]) =>
      name.endsWith('.$')
        ? [name.slice(0, -2), evaluate(parseExpression(String(value)), scope)]
        : [name, fillTemplate(value, scope)],
    ),
  );
}

/** What is wrong with a template; empty when it can be filled in. */
export function listTemplateFaults(template: unknown): string[] {
  if (Array.isArray(template)) return template.flatMap(listTemplateFaults);
  if (!isJsonObject(template)) return [];
  return Object.entries(template).flatMap(([name, value]) =>
    name.endsWith('.$') ? listExpressionFaults(name, value) : listTemplateFaults(value),
  );
}

function listExpressionFaults(name: string, value: unknown): string[] {
  if (typeof value !== 'string') return [`${name} must be a path or an intrinsic function`];
  try {
    parseExpression(value);
    return [];
  } catch (error) {
    return [`${name}: ${error instanceof Error ? error.message : error}`];
  }
}
