import type * as z from 'zod';
import { orderGuide } from '../../shared/ordering/order-fields.ts';
import { dialectOf } from '../../shared/providers/door.ts';
import { doorContracts } from '../../shared/providers/door-contracts.ts';
import { convertSchemas, type JsonSchema } from './convert-schemas.ts';
import { doorEntries } from './door-entries.ts';
import { apiEntries, type Entry, gatewayEntries } from './entry.ts';
import { answerHeaders } from './headers.ts';
import { namedAnswers, namedRequests } from './named-schemas.ts';
import { describeFields } from './openapi-body.ts';
import { type OpenApiOperation, parameterObject, toOpenApiOperation } from './openapi-operation.ts';
import {
  type OpenApiWebhook,
  toDoorWebhook,
  webhookOperationsOf,
  webhookSchemas,
} from './openapi-webhooks.ts';

/** The parts of an OpenAPI 3.1 document that ours has. */
export interface OpenApiDocument {
  readonly openapi: '3.1.1';
  readonly info: Readonly<Record<'title' | 'version' | 'summary' | 'description', string>>;
  readonly servers: readonly { readonly url: string }[];
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, OpenApiOperation>>>>;
  readonly webhooks: Readonly<Record<string, { readonly post: OpenApiWebhook }>>;
  readonly components: Readonly<
    Record<'schemas' | 'headers' | 'securitySchemes', Readonly<Record<string, JsonSchema>>>
  >;
}

/** The contract of this gateway, made from the schemas that it reads requests and types its answers with. */
export function buildDocument(): OpenApiDocument {
  const entries = [...apiEntries(), ...doorEntries(), ...gatewayEntries()];
  const requests = convertSchemas({
    schemas: entries.flatMap(requestSchemas),
    named: namedRequests,
    io: 'input',
  });
  const answers = convertSchemas({
    schemas: [...entries.flatMap(answerSchemas), ...webhookSchemas()],
    named: namedAnswers,
    io: 'output',
  });
  return {
    openapi: '3.1.1',
    info,
    servers: [{ url: '/' }],
    tags: [...ownTags, ...doorTags()],
    paths: toPaths(entries.map((entry) => [entry, toOpenApiOperation(entry, { requests, answers })])),
    webhooks: {
      ...webhookOperationsOf(answers),
      ...Object.fromEntries(doorContracts.flatMap((contract) => toDoorWebhook(contract, answers))),
    },
    components: {
      schemas: {
        ...answers.components,
        VideoOrder: describeFields(requests.inFull(namedRequests.VideoOrder), orderGuide.allowed),
      },
      headers: Object.fromEntries(
        Object.entries(answerHeaders).map(([name, description]) => [
          name,
          { description, schema: { type: 'string' } },
        ]),
      ),
      securitySchemes,
    },
  };
}

const info = {
  title: 'Conch',
  version: '1.0.0',
  summary: 'A gateway for Hailuo video generation',
  description:
    'The shape of OpenAI\'s Videos API, with one `gateway` object of our own, and beside it the APIs of the providers. Money is USD as decimal text. What answers GET answers HEAD, but for the providers’ APIs. Every answer carries `x-request-id`. What API Gateway answers by itself is `{"message": …}` as `application/json`, at every path: a 5xx for a function that it cannot reach, and a 413 for a body that no function receives, of more than about 6.29 MB (4.7 MB of a form).',
  license: { name: 'Apache 2.0', identifier: 'Apache-2.0' },
};

const securitySchemes = {
  bearer: { type: 'http', scheme: 'bearer', description: 'An API key of the gateway, also at the doors' },
  apiKey: { type: 'apiKey', in: 'header', name: 'x-api-key', description: 'The same in another header' },
};

const ownTags = [
  { name: 'Videos', description: "Orders and what becomes of them, in the shape of OpenAI's Videos API" },
  { name: 'Webhooks', description: 'Who is told of the ends of videos, and what was told' },
  { name: 'Account', description: 'What the account used' },
  { name: 'Files', description: 'What is too large for a request' },
  { name: 'Catalogue', description: 'What can be ordered from whom' },
  { name: 'Gateway', description: 'The gateway itself' },
];

function doorTags() {
  return doorContracts.map((contract) => {
    const calledBack =
      contract.callback === undefined ? '' : ` Callbacks: \`${dialectOf(contract)}.callback\`.`;
    return { name: contract.title, description: `${contract.about}${calledBack}` };
  });
}

function requestSchemas(entry: Entry): z.ZodType[] {
  const { body, parameterSchema } = entry;
  return [
    ...(body === undefined ? [] : [body.schema]),
    ...(parameterSchema === undefined ? [] : [parameterObject(parameterSchema)]),
  ];
}

function answerSchemas({ answers }: Entry): z.ZodType[] {
  return answers.flatMap(({ content = {} }) => Object.values(content));
}

function toPaths(operations: readonly (readonly [Entry, OpenApiOperation])[]): OpenApiDocument['paths'] {
  const paths: Record<string, Record<string, OpenApiOperation>> = {};
  for (const [{ method, path }, operation] of operations)
    paths[path] = { ...paths[path], [method.toLowerCase()]: operation };
  return paths;
}
