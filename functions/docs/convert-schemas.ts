import * as z from 'zod';

export type JsonSchema = Readonly<Record<string, unknown>>;

/** Schemas as they stand in the document. */
export interface ConvertedSchemas {
  /** The named ones, for `components.schemas`. */
  readonly components: Readonly<Record<string, JsonSchema>>;
  /** One of those that were converted: a reference where it has a name. */
  of(schema: z.ZodType): JsonSchema;
  /** The same, never a reference. */
  inFull(schema: z.ZodType): JsonSchema;
}

interface Conversion {
  readonly schemas: readonly z.ZodType[];
  readonly named: Readonly<Record<string, z.ZodType>>;
  /** `input` for what clients send, `output` for what they are answered. */
  readonly io: 'input' | 'output';
}

/** Zod schemas as JSON Schema 2020-12. Answers are left open, so that a new field breaks no client. */
export function convertSchemas({ schemas, named, io }: Conversion): ConvertedSchemas {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(named)) registry.add(schema, { id });
  // Copies: one that is also part of another would be a reference there, to a name that the document has not.
  const copies = new Map([...new Set(schemas)].map((schema) => [schema, schema.clone()]));
  const unnamed = [...copies].filter(([schema]) => !registry.has(schema));
  for (const [index, [, copy]] of unnamed.entries()) registry.add(copy, { id: `unnamed ${index}` });
  const { schemas: converted } = z.toJSONSchema(registry, {
    io,
    uri: (id) => `#/components/schemas/${id}`,
    unrepresentable: () => file,
    override: ({ jsonSchema }) => simplify(jsonSchema, io),
  });
  const idOf = (schema: z.ZodType) =>
    registry.get(schema)?.id ?? registry.get(copies.get(schema) ?? schema)?.id;
  const inFull = (schema: z.ZodType) => toBody(converted[idOf(schema) ?? '']);
  return {
    components: Object.fromEntries(Object.keys(named).map((id) => [id, toBody(converted[id])])),
    of(schema) {
      const id = idOf(schema) ?? '';
      return Object.hasOwn(named, id) ? { $ref: `#/components/schemas/${id}` } : inFull(schema);
    },
    inFull,
  };
}

function toBody(converted: z.core.JSONSchema.BaseSchema | undefined): JsonSchema {
  if (converted === undefined) throw new Error('A schema of the contract was not converted');
  const { $id: _id, $schema: _schema, ...body } = converted;
  return body;
}

/** The one thing that JSON cannot say: bytes, which come as a file of a form. */
const file = { type: 'string', contentMediaType: 'application/octet-stream' } as const;

function simplify(schema: z.core.JSONSchema.BaseSchema, io: Conversion['io']): void {
  if (io === 'output' && schema.additionalProperties === false) delete schema.additionalProperties;
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
  // The format says it in a word.
  if (schema.format !== undefined) delete schema.pattern;
  delete schema.readOnly;
  delete schema.propertyNames;
  if (schema.anyOf !== undefined)
    schema.anyOf = schema.anyOf.filter((option) => option.contentMediaType !== file.contentMediaType);
}
