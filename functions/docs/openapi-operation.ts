import * as z from 'zod';
import type { ConvertedSchemas, JsonSchema } from './convert-schemas.ts';
import type { Entry } from './entry.ts';
import { type OpenApiBody, type OpenApiContent, propertiesOf, toRequestBody } from './openapi-body.ts';
import type { OperationAnswer } from './operation.ts';

export interface OpenApiParameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly description: string;
  readonly schema: JsonSchema;
  readonly style?: 'deepObject';
  readonly explode?: true;
}

interface OpenApiResponse {
  readonly description: string;
  readonly headers?: Readonly<Record<string, JsonSchema>>;
  readonly content?: Readonly<Record<string, OpenApiContent>>;
}

/** An operation object of OpenAPI. */
export interface OpenApiOperation {
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly tags: readonly string[];
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters: readonly OpenApiParameter[];
  readonly requestBody?: OpenApiBody;
  readonly responses: Readonly<Record<string, OpenApiResponse>>;
  /** A path with its query, to show. */
  readonly 'x-example-path': string;
}

interface Schemas {
  readonly requests: ConvertedSchemas;
  readonly answers: ConvertedSchemas;
}

export function toOpenApiOperation(entry: Entry, { requests, answers }: Schemas): OpenApiOperation {
  const { id, summary, description, tags, isKeyed, body, example } = entry;
  return {
    operationId: id,
    summary,
    ...(description !== undefined && { description }),
    tags,
    security: isKeyed ? [{ bearer: [] }, { apiKey: [] }] : [],
    parameters: [...toParameters(entry, requests), ...toHeaderParameters(entry)],
    ...(body !== undefined && { requestBody: toRequestBody(body, requests, example?.body) }),
    responses: Object.fromEntries(
      entry.answers.map((answer) => [`${answer.status}`, toResponse(answer, isKeyed, answers)]),
    ),
    'x-example-path': example?.path ?? entry.path,
  };
}

/** The object that lists the parameters, where a schema first gathers them from the query. */
export function parameterObject(schema: z.ZodType): z.ZodType {
  return schema instanceof z.ZodPipe && schema.out instanceof z.ZodType
    ? parameterObject(schema.out)
    : schema;
}

/** Throws for a parameter without a meaning, and for a meaning without a parameter. */
function toParameters(
  { method, path, parameterSchema, parameters = {} }: Entry,
  requests: ConvertedSchemas,
): OpenApiParameter[] {
  const known =
    parameterSchema === undefined ? undefined : propertiesOf(requests.of(parameterObject(parameterSchema)));
  const [names, told] = [Object.keys(known ?? parameters), Object.keys(parameters)];
  if (names.toSorted().join() !== told.toSorted().join())
    throw new Error(`${method} ${path} has the parameters ${names}; functions/docs tells of ${told}`);
  return Object.entries(parameters).map(([name, description]) => {
    const isInPath = path.includes(`{${name}}`);
    const place = { name, in: isInPath ? 'path' : 'query', required: isInPath, description } as const;
    const schema = known?.[name] ?? text;
    if (schema['type'] !== 'array') return { ...place, schema };
    return { ...place, style: 'deepObject', explode: true, schema: texts };
  });
}

const text: JsonSchema = { type: 'string' };
/** Pairs of a name and a value stand in a query as `metadata[name]=value`. */
const texts: JsonSchema = { type: 'object', additionalProperties: text };

function toHeaderParameters({ requestHeaders = {} }: Entry): OpenApiParameter[] {
  return Object.entries(requestHeaders).map(([name, description]) => {
    return { name, in: 'header', required: false, description, schema: text };
  });
}

function toResponse(
  { description, headers = [], content }: OperationAnswer,
  isKeyed: boolean,
  answers: ConvertedSchemas,
): OpenApiResponse {
  const always = isKeyed
    ? (['x-request-id', 'ratelimit-policy', 'ratelimit'] as const)
    : (['x-request-id'] as const);
  const references = [...headers, ...always].map((name) => [name, { $ref: `#/components/headers/${name}` }]);
  return {
    description,
    headers: Object.fromEntries(references),
    ...(content !== undefined && {
      content: Object.fromEntries(
        Object.entries(content).map(([type, schema]) => [type, { schema: answers.of(schema) }]),
      ),
    }),
  };
}
