import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { apiRows } from '../../../functions/api/routes.ts';
import { buildDocument } from '../../../functions/docs/openapi-document.ts';
import { fromVideoId, newShortId } from '../../../shared/ids.ts';
import { loadDoors } from '../../../shared/providers/doors.ts';
import { isDeliveryId } from '../../../shared/storage/delivery-store.ts';
import { createValidator } from '../../support/contract/validator.ts';
import { defaultGateway } from '../../support/synthesized-gateway.ts';

const document = buildDocument();
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    key: `${method.toUpperCase()} ${path}`,
    path,
    operation,
  })),
);
const documented = operations.map(({ key }) => key).sort();

/** Every value of the document with the names that lead to it. */
function* walk(
  value: unknown,
  path: readonly string[] = [],
): Generator<readonly [readonly string[], unknown]> {
  yield [path, value];
  if (typeof value !== 'object' || value === null) return;
  for (const [name, inner] of Object.entries(value)) yield* walk(inner, [...path, name]);
}

const recordSchema = z.record(z.string(), z.unknown());

function resolve(reference: string): unknown {
  const names = reference.replace(/^#\//, '').split('/');
  return names.reduce<unknown>((value, name) => recordSchema.safeParse(value).data?.[name], document);
}

describe('the OpenAPI document', () => {
  it('says what API Gateway answers by itself, 413 too', () => {
    expect(document.info.description).toMatch(/API Gateway answers by itself.*`\{"message": …\}`.*\b413\b/);
  });

  it("is what OpenAPI's own schema for 3.1 allows", async () => {
    const { valid, errors } = await new Validator().validate({ ...structuredClone(document) });

    expect({ valid, errors }).toEqual({ valid: true });
  });

  it('resolves each of its references, and is the same as JSON', () => {
    const references = [...walk(document)].filter(([path]) => path.at(-1) === '$ref').map(([, text]) => text);

    expect(references.length).toBeGreaterThan(100);
    expect(references.filter((text) => resolve(String(text)) === undefined)).toEqual([]);
    expect(JSON.parse(JSON.stringify(document))).toEqual(document);
  });

  it('names each operation and each message once, in words that generators can use', () => {
    const messages = Object.values(document.webhooks).map(({ post }) => post.operationId);
    const ids = [...operations.map(({ operation }) => operation.operationId), ...messages];

    expect(ids).toHaveLength(new Set(ids).size);
    expect(ids.filter((id) => !/^[A-Za-z]+$/.test(id))).toEqual([]);
  });

  it('declares the variables of each path, and no parameter twice', () => {
    for (const { key, path, operation } of operations) {
      const names = operation.parameters.map((parameter) => `${parameter.in} ${parameter.name}`);
      expect(names, key).toHaveLength(new Set(names).size);
      const inPath = names.filter((name) => name.startsWith('path '));
      const variables = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => `path ${name}`);
      expect(inPath.sort(), key).toEqual(variables.sort());
    }
  });

  it('describes each answer, has a tag for each operation, and a security scheme for each key', () => {
    const tags = document.tags.map(({ name }) => name);
    const schemes = Object.keys(document.components.securitySchemes);
    for (const { key, operation } of operations) {
      expect(
        Object.values(operation.responses).map(({ description }) => description),
        key,
      ).not.toContain('');
      expect(tags, key).toEqual(expect.arrayContaining([...operation.tags]));
      expect(schemes, key).toEqual(expect.arrayContaining(operation.security.flatMap(Object.keys)));
    }
  });

  it('has only JSON schemas that compile', () => {
    const schemas = [...walk(document)]
      .filter(([path]) => path.at(-1) === 'schema')
      .map(([, schema]) => schema);

    expect(schemas.length).toBeGreaterThan(300);
    for (const schema of schemas) expect(() => createValidator(schema)).not.toThrow();
  });

  it('shows bodies that are as it says', () => {
    const examples = operations.flatMap(({ key, operation }) => {
      const { schema, example } = operation.requestBody?.content['application/json'] ?? {};
      return example === undefined ? [] : [{ key, faults: createValidator(schema)(example) }];
    });

    expect(examples.length).toBeGreaterThan(10);
    expect(examples.filter(({ faults }) => faults.length > 0)).toEqual([]);
  });

  it('shows paths that lead to their operations', () => {
    const patternOf = (path: string) =>
      new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/{}]+')}$`);
    const lost = operations.filter(
      ({ path, operation }) => !patternOf(path).test(operation['x-example-path'].replace(/\?.*/, '')),
    );

    expect(lost.map(({ key, operation }) => `${key}: ${operation['x-example-path']}`)).toEqual([]);
  });
});

describe('the examples', () => {
  it.each([
    ['/v1/videos/', (id: string) => fromVideoId(id) !== undefined],
    ['/v1/webhook_endpoints/', (id: string) => id.length === `we_${newShortId()}`.length],
    ['/v1/webhook_deliveries/', isDeliveryId],
  ])('of %s{id} have an id as the gateway makes it', (prefix, isReal) => {
    const examples = operations
      .filter(({ path }) => path.startsWith(`${prefix}{id}`))
      .map(({ operation }) => operation['x-example-path']);
    const ids = examples.map((path) => path.slice(prefix.length).split(/[/?]/)[0] ?? '');

    expect(ids.length).toBeGreaterThan(0);
    expect(ids.filter((id) => !isReal(id))).toEqual([]);
  });
});

describe('the document and the routes', () => {
  const routeKeys = defaultGateway()
    .ofType('AWS::ApiGatewayV2::Route')
    .map(({ properties }) => String(properties['RouteKey']));
  /** Behind these the functions have routes of their own. */
  const open = routeKeys.filter(
    (key) => key === '$default' || key.includes('{path+}') || key.startsWith('ANY '),
  );
  const exact = routeKeys.filter((key) => !open.includes(key) && !key.startsWith('HEAD '));

  it('are the same: what the stack, the API and the doors route is documented, and nothing else', () => {
    const api = apiRows.map(({ method, path }) => `${method} ${path}`);
    const doors = loadDoors({}).flatMap(({ routes }) =>
      routes.map(({ method, path }) => `${method} ${path}`),
    );

    expect(exact.length).toBeGreaterThan(2);
    expect([...new Set([...exact, ...api, ...doors])].sort()).toEqual(documented);
  });

  it('lead each documented path to a route of the stack', () => {
    const reachable = open
      .filter((key) => key !== '$default')
      .map((key) => key.replace('ANY ', '').replace('{path+}', ''));
    const doors = loadDoors({}).flatMap(({ routes }) => routes.map(({ path }) => path));

    expect(open).toContain('$default');
    expect(doors.filter((path) => !reachable.some((prefix) => path.startsWith(prefix)))).toEqual([]);
  });

  it('ask for a key wherever the routes do', () => {
    const keyless = operations
      .filter(({ operation }) => operation.security.length === 0)
      .map(({ key }) => key);
    const openRows = apiRows.filter(({ isKeyed }) => !isKeyed).map(({ method, path }) => `${method} ${path}`);

    expect(keyless.sort()).toEqual([...exact, ...openRows].sort());
  });
});
