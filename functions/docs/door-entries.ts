import * as z from 'zod';
import { type Door, type DoorError, type DoorRoute, dialectOf } from '../../shared/providers/door.ts';
import type { DoorContract, RouteContract } from '../../shared/providers/door-contract.ts';
import { doorContracts } from '../../shared/providers/door-contracts.ts';
import { loadDoors } from '../../shared/providers/doors.ts';
import type { Entry } from './entry.ts';
import type { HeaderName } from './headers.ts';
import type { OperationAnswer } from './operation.ts';

/** Why a door refuses, in words that no dialect has. */
const kindMeanings: Readonly<Record<DoorError['kind'], string>> = {
  malformed: 'The body cannot be read',
  prompt: 'The prompt is missing, too long or refused',
  image: 'An image or a source video is refused',
  parameter: 'The order cannot be served as it stands',
  unauthorized: 'The API key is missing, unknown or revoked',
  no_budget: 'A budget has no room for the order',
  not_found: 'There is no such task or path, or it is gone',
  wrong_method: 'The path takes another method',
  conflict: 'The Idempotency-Key belongs to another order',
  too_large: 'The body is too large',
  rate_limited: 'The API key has used up its requests of this minute',
  unavailable: 'Nothing was ordered; try again',
  internal: 'A fault of ours',
};

const anyKinds = ['unauthorized', 'not_found', 'rate_limited', 'unavailable', 'internal'] as const;
const bodyKinds = [
  'malformed',
  'prompt',
  'image',
  'parameter',
  'no_budget',
  'conflict',
  'too_large',
] as const;

interface DoorEntry extends Entry {
  readonly door: DoorContract;
}

/** Every route of every door; doors that share one share an operation. Throws for a route that no contract tells of. */
export function doorEntries(): Entry[] {
  const entries = loadDoors({}).flatMap((door) => {
    const contract = requireContract(door);
    return door.routes.map((route) => toEntry(door, contract, route));
  });
  const groups = Object.values(Object.groupBy(entries, ({ method, path }) => `${method} ${path}`));
  return groups.flatMap((group = []) => {
    const [first, ...others] = group;
    return first === undefined ? [] : [others.reduce(merge, first)];
  });
}

function requireContract(door: Door): DoorContract {
  const contract = doorContracts.find((candidate) => dialectOf(candidate) === dialectOf(door));
  if (contract === undefined) throw new Error(`The door ${dialectOf(door)} has no contract`);
  return contract;
}

function toEntry(door: Door, contract: DoorContract, route: DoorRoute): DoorEntry {
  const told = contract.routes[`${route.method} ${route.path}`];
  if (told === undefined) throw new Error(`${route.method} ${route.path} is not in the contract of its door`);
  const { answer, body, ...operation } = told;
  return {
    ...operation,
    ...(body !== undefined && { body: { schema: body } }),
    method: route.method,
    path: route.path,
    isKeyed: true,
    tags: [contract.title],
    ...(route.kind === 'order' && { requestHeaders: orderHeaders }),
    answers: [
      {
        status: 200,
        description: 'As the API has it',
        ...(route.kind === 'order' && { headers: ['x-conch-warning'] as const }),
        content: { 'application/json': answer },
      },
      ...refusals(door, contract, told),
    ],
    door: contract,
  };
}

const orderHeaders = {
  'idempotency-key': 'The same order under the same key is the same video, for ever',
  'x-conch-provider': 'Who shall serve the order, as `provider` says it in our own API',
};

function refusals(door: Door, { error }: DoorContract, { body }: RouteContract): OperationAnswer[] {
  const kinds = body === undefined ? anyKinds : [...anyKinds, ...bodyKinds];
  const byStatus = Map.groupBy(kinds, (kind) => door.errorAnswer({ kind, message: '' }).status);
  return [...byStatus]
    .toSorted(([one], [other]) => one - other)
    .map(([status, alike]) => ({
      status,
      description: alike.map((kind) => kindMeanings[kind]).join('\n\n'),
      headers: headersOf(status),
      content: { 'application/json': error },
    }));
}

function headersOf(status: number): HeaderName[] {
  if (status === 401) return ['www-authenticate'];
  return status === 429 || status === 503 ? ['retry-after', 'x-should-retry'] : ['x-should-retry'];
}

/** The key's setting says which of the doors serves the path. */
function merge(one: DoorEntry, other: DoorEntry): DoorEntry {
  const schemas = [one.body?.schema, other.body?.schema].filter((schema) => schema !== undefined);
  const statuses = [...new Set([...one.answers, ...other.answers].map(({ status }) => status))];
  return {
    ...one,
    tags: [...one.tags, ...other.tags],
    description: 'Several APIs have this path: the setting `door` of the API key says which one serves it.',
    ...(schemas.length > 0 && { body: { schema: z.union(schemas) } }),
    answers: statuses.map((status) => mergeAnswers(status, [...one.answers, ...other.answers])),
  };
}

function mergeAnswers(status: number, answers: readonly OperationAnswer[]): OperationAnswer {
  const alike = answers.filter((answer) => answer.status === status);
  const schemas = [...new Set(alike.flatMap(({ content = {} }) => Object.values(content)))];
  const [first, ...others] = alike;
  if (first === undefined) throw new Error(`There is no answer ${status} to merge`);
  const description = others.reduce(
    (text, other) => (text === other.description ? text : `${text}\n\n${other.description}`),
    first.description,
  );
  return { ...first, description, content: { 'application/json': z.union(schemas) } };
}
