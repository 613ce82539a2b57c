import * as fc from 'fast-check';
import * as z from 'zod';

/** What the schemas of our bodies say; a word that is not known here throws. */
const bodySchema = z.strictObject({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  const: z.unknown().optional(),
  enum: z.array(z.unknown()).optional(),
  pattern: z.string().optional(),
  /** Of a time; what has it is among the words. */
  format: z.string().optional(),
  minLength: z.int().optional(),
  maxLength: z.int().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  /** Of whole numbers. */
  exclusiveMinimum: z.int().optional(),
  minItems: z.int().optional(),
  maxItems: z.int().optional(),
  required: z.array(z.string()).optional(),
  default: z.unknown().optional(),
  description: z.string().optional(),
  contentMediaType: z.string().optional(),
  get anyOf(): z.ZodOptional<z.ZodArray<typeof bodySchema>> {
    return z.array(bodySchema).optional();
  },
  get properties(): z.ZodOptional<z.ZodRecord<z.ZodString, typeof bodySchema>> {
    return z.record(z.string(), bodySchema).optional();
  },
  get additionalProperties(): z.ZodOptional<z.ZodUnion<readonly [z.ZodLiteral<false>, typeof bodySchema]>> {
    return z.union([z.literal(false), bodySchema]).optional();
  },
  get items(): z.ZodOptional<z.ZodUnion<readonly [z.ZodLiteral<false>, typeof bodySchema]>> {
    return z.union([z.literal(false), bodySchema]).optional();
  },
  get prefixItems(): z.ZodOptional<z.ZodArray<typeof bodySchema>> {
    return z.array(bodySchema).optional();
  },
});
type BodySchema = z.infer<typeof bodySchema>;

type Values = fc.Arbitrary<unknown>;

/** Of those that may be left out: with many at once, nearly every order is refused for two that do not agree. */
const fewFields = 4;

/** Values that a JSON schema of the published document allows; `words` are texts that mean something to the gateway. */
export function valuesOf(schema: unknown, words: readonly string[]): Values {
  return valuesIn(bodySchema.parse(schema), words);
}

/** Of every field, also of those within others. */
export function fieldNamesOf(schema: unknown): readonly string[] {
  return fieldNamesIn(bodySchema.parse(schema));
}

function fieldNamesIn({ properties = {}, anyOf = [], prefixItems = [], items }: BodySchema): string[] {
  const inner = [...Object.values(properties), ...anyOf, ...prefixItems, ...(items ? [items] : [])];
  return [...Object.keys(properties), ...inner.flatMap(fieldNamesIn)];
}

function valuesIn(schema: BodySchema, words: readonly string[]): Values {
  if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map((option) => valuesIn(option, words)));
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (schema.const !== undefined) return fc.constant(schema.const);
  return fc.oneof(...[schema.type].flat().map((type) => valuesOfType(type, schema, words)));
}

function valuesOfType(type: string | undefined, schema: BodySchema, words: readonly string[]): Values {
  switch (type) {
    case 'object':
      return objects(schema, words);
    case 'array':
      return lists(schema, words);
    case 'string':
      return texts(schema, words);
    case 'integer':
      return numbers(schema).map(Math.trunc);
    case 'number':
      return numbers(schema);
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    default:
      throw new Error(`There are no values for the type ${type}`);
  }
}

function objects({ properties, required = [], additionalProperties }: BodySchema, words: readonly string[]) {
  if (properties === undefined) {
    const values = additionalProperties ? valuesIn(additionalProperties, words) : fc.jsonValue();
    return fc.dictionary(fc.string({ unit: 'binary' }), values, { maxKeys: 3 });
  }
  const optional = Object.keys(properties).filter((name) => !required.includes(name));
  return fc.subarray(optional, { maxLength: Math.min(optional.length, fewFields) }).chain((chosen) => {
    const fields = Object.entries(properties).filter(([name]) => [...required, ...chosen].includes(name));
    const model = fields.map(([name, inner]) => [name, valuesIn(inner, words)]);
    return fc.record<Record<string, unknown>>(Object.fromEntries(model), { noNullPrototype: true });
  });
}

function lists(schema: BodySchema, words: readonly string[]): Values {
  const { prefixItems, items, minItems = 0, maxItems = 3 } = schema;
  if (prefixItems !== undefined) return fc.tuple(...prefixItems.map((item) => valuesIn(item, words)));
  const values = items ? valuesIn(items, words) : fc.jsonValue();
  return fc.array(values, { minLength: minItems, maxLength: maxItems });
}

function texts({ pattern, minLength = 0, maxLength = 5000 }: BodySchema, words: readonly string[]): Values {
  const allowed = new RegExp(pattern ?? '');
  const known = words.filter((word) => allowed.test(word) && word.length >= minLength);
  const any =
    pattern === undefined ? fc.string({ unit: 'binary', minLength, maxLength }) : fc.stringMatching(allowed);
  if (known.length === 0) return any;
  return fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...known) }, { weight: 1, arbitrary: any });
}

/** Lengths, heights, and the ends of what is allowed. */
function numbers({ exclusiveMinimum, ...schema }: BodySchema): fc.Arbitrary<number> {
  const { minimum = exclusiveMinimum === undefined ? -1e21 : exclusiveMinimum + 1, maximum = 1e21 } = schema;
  const meant = [0, 2, 4, 6, 8, 10, 720, 768, 1080, minimum, maximum];
  const allowed = meant.filter((value) => value >= minimum && value <= maximum);
  const any = fc.double({ min: minimum, max: maximum, noNaN: true });
  return fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...allowed) }, { weight: 1, arbitrary: any });
}
