import type { ExpressionContext, ExpressionParser } from 'dynalite/db/updateParser.js';

/** A parsed expression without the values of the request that it came with. */
interface Template {
  readonly tree: unknown;
  /** The names of the values that stood in the tree, by the objects that still stand there. */
  readonly placeholders: ReadonlyMap<object, string>;
  readonly usedNames: readonly string[];
  readonly usedValues: readonly string[];
}

const rememberedExpressions = 1000;

/** Whether these hold depends on the value itself; for all else the parser asks for its type at most. */
const readsValues = /between|attribute_type/i;

/** Makes a parser of dynalite's parse a text once: it takes longer than all else in a small write. */
export function cacheExpressions(parser: ExpressionParser): void {
  const { parse } = parser;
  const templates = new Map<string, Template>();
  parser.parse = (text, { context }) => {
    if (readsValues.test(text)) return parse(text, { context });
    const key = toKey(text, context);
    const known = templates.get(key);
    if (known !== undefined) return fill(known, context);
    const template = toTemplate(parse, text, context);
    if (typeof template.tree === 'string') return template.tree;
    remember(templates, key, template);
    return fill(template, context);
  };
}

function toKey(text: string, { attrNames = {}, attrVals = {} }: ExpressionContext): string {
  const types = Object.entries(attrVals).flatMap(([name, value]) => [name, ...Object.keys(value)]);
  return JSON.stringify([text, attrNames, types]);
}

function remember(templates: Map<string, Template>, key: string, template: Template): void {
  templates.set(key, template);
  const [oldest] = templates.keys();
  if (templates.size > rememberedExpressions && oldest !== undefined) templates.delete(oldest);
}

function toTemplate(parse: ExpressionParser['parse'], text: string, given: ExpressionContext): Template {
  const { attrNames = {}, attrVals = {} } = given;
  // Of its own, because an earlier expression of the request may have used a name already.
  const context = { ...given, unusedAttrNames: allOf(attrNames), unusedAttrVals: allOf(attrVals) };
  const tree = parse(text, { context });
  return {
    tree,
    placeholders: new Map(Object.entries(attrVals).map(([name, value]) => [value, name])),
    usedNames: Object.keys(attrNames).filter((name) => !(name in context.unusedAttrNames)),
    usedValues: Object.keys(attrVals).filter((name) => !(name in context.unusedAttrVals)),
  };
}

function allOf(named: object): Record<string, true> {
  return Object.fromEntries(Object.keys(named).map((name) => [name, true]));
}

/** The tree with the values of this request: a copy, because dynalite changes it while it evaluates it. */
function fill({ tree, placeholders, usedNames, usedValues }: Template, context: ExpressionContext): unknown {
  for (const name of usedNames) delete context.unusedAttrNames[name];
  for (const name of usedValues) delete context.unusedAttrVals[name];
  const copy = (node: unknown): unknown => {
    if (typeof node !== 'object' || node === null) return node;
    const placeholder = placeholders.get(node);
    if (placeholder !== undefined) return context.attrVals?.[placeholder];
    if (Array.isArray(node)) return node.map(copy);
    const copied: Record<string, unknown> = Object.create(Object.getPrototypeOf(node));
    for (const [name, child] of Object.entries(node)) copied[name] = copy(child);
    return copied;
  };
  return copy(tree);
}
