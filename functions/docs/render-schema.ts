import * as z from 'zod';
import type { JsonSchema } from './convert-schemas.ts';
import { type Html, html, toAnchor, toInline } from './html.ts';

const nodeSchema = z.looseObject({
  $ref: z.string().optional(),
  type: z.union([z.string(), z.array(z.string())]).optional(),
  const: z.unknown().optional(),
  enum: z.array(z.unknown()).optional(),
  format: z.string().optional(),
  pattern: z.string().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  maxLength: z.number().optional(),
  description: z.string().optional(),
  contentMediaType: z.string().optional(),
  items: z.union([z.literal(false), z.record(z.string(), z.unknown())]).optional(),
  prefixItems: z.array(z.record(z.string(), z.unknown())).default([]),
  properties: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
  required: z.array(z.string()).default([]),
  additionalProperties: z.union([z.boolean(), z.record(z.string(), z.unknown())]).optional(),
  anyOf: z.array(z.record(z.string(), z.unknown())).optional(),
});
type Node = z.infer<typeof nodeSchema>;

/** A schema for people: what kind of value it is, and the fields of an object. */
export function renderSchema(schema: JsonSchema): Html {
  const node = nodeSchema.parse(schema);
  return html`<span class="type">${kindOf(node)}</span>${renderInside(node)}`;
}

function renderInside(node: Node): Html {
  const { properties, anyOf, required } = node;
  if (properties !== undefined) {
    const fields = Object.entries(properties).map(([name, field]) => renderField(name, field, required));
    return html`<ul class="fields">${fields}</ul>`;
  }
  const item = itemOf(node);
  if (item !== undefined) return renderInside(item);
  const alternatives = (anyOf ?? []).map((one) => nodeSchema.parse(one));
  const shapes = alternatives.filter((one) => one.properties !== undefined || itemOf(one) !== undefined);
  return html`${shapes.map(renderInside)}`;
}

/** What a list holds; a list of exactly one says it otherwise. */
function itemOf({ items, prefixItems }: Node): Node | undefined {
  const [first] = prefixItems;
  const item = items === false || items === undefined ? first : items;
  return item && nodeSchema.parse(item);
}

function renderField(name: string, field: JsonSchema, required: readonly string[]): Html {
  const node = nodeSchema.parse(field);
  const mark = required.includes(name) ? html` <span class="required">required</span>` : html``;
  const { description } = node;
  const told = description === undefined ? html`` : html` <span class="told">${toInline(description)}</span>`;
  return html`<li><code>${name}</code> <span class="type">${kindOf(node)}</span>${mark}${told}${renderInside(node)}</li>`;
}

/** What kind of value it is, in a word or a few. */
function kindOf(node: Node): Html {
  const { $ref, anyOf, type } = node;
  if ($ref !== undefined) return linkTo($ref);
  if (anyOf !== undefined) {
    const kinds = anyOf.map((one) => kindOf(nodeSchema.parse(one)));
    return html`${kinds.flatMap((kind, index) => (index === 0 ? [kind] : [html` or `, kind]))}`;
  }
  const item = itemOf(node);
  if (type === 'array') return html`list of ${item === undefined ? 'anything' : kindOf(item)}`;
  return html`${describeValue(node)}`;
}

function linkTo(reference: string): Html {
  const name = reference.split('/').at(-1) ?? '';
  return html`<a href="#${toAnchor('schema', name)}">${name}</a>`;
}

function describeValue({ type, minimum, maximum, maxLength, format, ...node }: Node): string {
  if (node.const !== undefined) return JSON.stringify(node.const);
  if (node.enum !== undefined) return node.enum.map((value) => JSON.stringify(value)).join(' | ');
  if (node.contentMediaType !== undefined) return 'file or text';
  const kind = type === undefined ? 'any' : [type].flat().join(' or ');
  const range = [minimum === undefined ? '' : `≥ ${minimum}`, maximum === undefined ? '' : `≤ ${maximum}`];
  const length = maxLength === undefined ? '' : `at most ${maxLength} characters`;
  return [kind, format ?? '', ...range, length].filter((part) => part !== '').join(' ');
}
