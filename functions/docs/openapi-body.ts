import * as z from 'zod';
import type { ConvertedSchemas, JsonSchema } from './convert-schemas.ts';
import type { OperationBody } from './operation.ts';

export interface OpenApiContent {
  readonly schema: JsonSchema;
  readonly example?: unknown;
}

/** A request body object of OpenAPI. */
export interface OpenApiBody {
  readonly required: boolean;
  readonly content: Readonly<Record<string, OpenApiContent>>;
}

const propertiesSchema = z.object({
  properties: z.record(z.string(), z.record(z.string(), z.unknown())).default({}),
});

export function propertiesOf(schema: JsonSchema) {
  return propertiesSchema.parse(schema).properties;
}

export function toRequestBody(
  { schema, allowed = {}, required, isForm, isOptional }: OperationBody,
  requests: ConvertedSchemas,
  example: object | undefined,
): OpenApiBody {
  const full = { ...describeFields(requests.inFull(schema), allowed), ...(required && { required }) };
  const shown = requests.of(schema);
  const json = { schema: '$ref' in shown ? shown : full, ...(example !== undefined && { example }) };
  const form = isForm === true ? { 'multipart/form-data': { schema: toFormSchema(full) } } : {};
  return { required: isOptional !== true, content: { 'application/json': json, ...form } };
}

/** The schema of a body with what refusals say of its fields. */
export function describeFields(schema: JsonSchema, allowed: Readonly<Record<string, string>>): JsonSchema {
  const properties = Object.entries(propertiesOf(schema)).map(([name, property]) => {
    return [name, { ...property, ...(allowed[name] !== undefined && { description: allowed[name] }) }];
  });
  return properties.length === 0 ? schema : { ...schema, properties: Object.fromEntries(properties) };
}

/** A form knows texts and files; what is an object in JSON may come as its JSON. */
function toFormSchema(schema: JsonSchema): JsonSchema {
  const properties = Object.entries(propertiesOf(schema)).map(([name, { description }]) => {
    const type = isImage(name) ? { contentMediaType: 'application/octet-stream' } : { type: 'string' };
    return [name, { ...type, ...(typeof description === 'string' && { description }) }];
  });
  return { ...schema, properties: Object.fromEntries(properties) };
}

function isImage(field: string): boolean {
  return /(_image|_reference)$/.test(field);
}
