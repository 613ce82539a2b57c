import * as z from 'zod';
import { contractDocument, findOperation } from './find-operation.ts';
import { validatorOf } from './validator.ts';

/** An answer of the gateway, and to what. */
export interface ContractCall {
  readonly method: string;
  /** Without a query. */
  readonly path: string;
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** An answer that the published contract does not have. */
export class ContractFault extends Error {
  override readonly name = 'ContractFault';
}

/** Throws ContractFault, which names operation, status and the path of each fault. */
export function holdToContract(call: ContractCall): void {
  const faults = findFaults(call);
  if (faults.length === 0) return;
  const operation = findOperation(call.method, call.path)?.operationId ?? 'no operation';
  const what = `${call.method} ${call.path} (${operation}) answered ${call.status}`;
  throw new ContractFault(`${what}, against /openapi.json: ${faults.join('; ')}`);
}

function findFaults(call: ContractCall): readonly string[] {
  const response = findOperation(call.method, call.path)?.responses[`${call.status}`];
  if (response === undefined) return findUnservedFaults(call);
  const documented = Object.keys(response.headers ?? {});
  const headers = Object.keys(call.headers).filter((name) => isToldOf(name) && !documented.includes(name));
  return [
    ...headers.map((name) => `the header ${name} is not documented for this status`),
    ...findBodyFaults(call, response.content),
  ];
}

/** Every answer forbids to be kept unless it says otherwise. */
function isToldOf(header: string): boolean {
  return header !== 'cache-control' && Object.hasOwn(contractDocument.components.headers, header);
}

/** The same for the body of a message that the gateway sent: an event of ours, or a callback in a dialect. */
export function holdMessageToContract(body: string): void {
  const message: unknown = JSON.parse(body);
  const { type } = eventSchema.safeParse(message).data ?? {};
  const schema = type === undefined ? anyCallback : messageSchemas[type];
  const faults = schema === undefined ? ['there is no such message'] : validatorOf(schema)(message);
  if (faults.length > 0)
    throw new ContractFault(`A message (${type ?? 'callback'}), against /openapi.json: ${faults.join('; ')}`);
}

const eventSchema = z.looseObject({ object: z.literal('event'), type: z.string() });

const messageSchemas = Object.fromEntries(
  Object.entries(contractDocument.webhooks).map(([name, { post }]) => [
    name,
    post.requestBody.content['application/json']?.schema,
  ]),
);
const callbackNames = Object.keys(messageSchemas).filter((name) => name.endsWith('.callback'));
const anyCallback = { anyOf: callbackNames.map((name) => messageSchemas[name]) };

type Content = Readonly<Record<string, { readonly schema: unknown }>>;

function findBodyFaults(
  { method, headers, body }: ContractCall,
  content: Content | undefined,
): readonly string[] {
  if (method === 'HEAD') return [];
  if (content === undefined) return body === '' ? [] : ['there is a body, and none is documented'];
  const type = (headers['content-type'] ?? '').split(';')[0] ?? '';
  const schema = content[type]?.schema;
  if (schema === undefined) return [`the content type ${type} is not documented for this status`];
  return validatorOf(schema)(type.endsWith('json') ? JSON.parse(body) : body);
}

const refusalSchemas = Object.values(contractDocument.paths)
  .flatMap((operations) => Object.values(operations))
  .flatMap(({ responses }) => Object.values(responses['404']?.content ?? {}).map(({ schema }) => schema));

/** What nobody serves is refused, in the words of our API or of a door. */
function findUnservedFaults({ method, path, status, headers, body }: ContractCall): readonly string[] {
  // A door answers GET alone.
  if (method !== 'HEAD' && findOperation(method, path) !== undefined) return ['the status is not documented'];
  if (status !== 404 && status !== 405) return ['nobody serves this'];
  const content = { [(headers['content-type'] ?? '').split(';')[0] ?? '']: { schema: anyRefusal } };
  return findBodyFaults({ method, path, status, headers, body }, content);
}

const anyRefusal = { anyOf: refusalSchemas };
