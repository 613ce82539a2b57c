import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { providerDefinitions } from '../../../shared/providers/registry.ts';
import type { TaskView } from '../../../shared/storage/task-store.ts';
import { contractDocument, findOperation } from '../../support/contract/find-operation.ts';
import { validatorOf } from '../../support/contract/validator.ts';
import { createDeliveries } from '../../support/deliveries.ts';
import { readFixture } from '../../support/read-fixture.ts';
import { type ServedApi, startApi } from '../../support/served-api.ts';
import { storeTask } from '../../support/stored-tasks.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../../support/webhook-receiver.ts';
import {
  documents,
  exceptions,
  ownProviderAlone,
  type RequestExample,
  type ResponseExample,
} from './document-examples.ts';
import { exampleCalls, requireRequest } from './example-calls.ts';

let api: ServedApi;
let receiver: WebhookReceiver;
let calls: ReturnType<typeof exampleCalls>;
beforeAll(async () => {
  [api, receiver] = await Promise.all([startApi(), startWebhookReceiver()]);
  calls = exampleCalls(api);
});
afterAll(() => Promise.all([api.close(), receiver.close()]));

type Requests = Readonly<Record<string, RequestExample>>;

/** What is told of an order, to a place of ours in the place of the example's. */
async function calledBack(view: TaskView): Promise<unknown> {
  const request = { ...view.request, webhook: { ...view.request.webhook, url: receiver.url } };
  const task = await storeTask(api.tables, view.task, { request });
  const deliveries = createDeliveries(api.tables, receiver);
  await deliveries.deliver(await deliveries.announce({ task, request }));
  return JSON.parse(receiver.received.at(-1)?.body ?? '');
}

/** What the gateway really says where the document shows the example. */
async function realAnswer(requests: Requests, example: ResponseExample): Promise<unknown> {
  const { to, ended, replacing, callback, status = 200 } = example;
  const call = requireRequest(requests, to);
  if (callback !== undefined) return calledBack((await calls.place(call, ended)).view);
  const answer = await (call.body === undefined
    ? calls.look(requests, call, ended)
    : calls.send(call, { replacing }));
  expect(answer).toMatchObject({ status });
  return answer.body;
}

const json = 'application/json';

/** What the published contract has for the example. */
function schemaFor(requests: Requests, { to, callback, status = 200 }: ResponseExample): unknown {
  if (callback !== undefined)
    return contractDocument.webhooks[callback]?.post.requestBody.content[json]?.schema;
  const { path, body } = requireRequest(requests, to);
  const { pathname } = new URL(path, 'http://gateway.test');
  const operation = findOperation(body === undefined ? 'GET' : 'POST', pathname);
  return operation?.responses[status]?.content?.[json]?.schema;
}

/** The names and the types of JSON at every depth, within texts that are JSON too. */
function shapeOf(value: unknown): unknown {
  if (typeof value === 'string' && value.startsWith('{')) return { text: shapeOf(JSON.parse(value)) };
  if (Array.isArray(value)) return value.map(shapeOf);
  if (typeof value !== 'object') return typeof value;
  return value && Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, shapeOf(inner)]));
}

describe('the table of examples', () => {
  it('has every request and response of the five documents, Cloudsway and Haiper being one', () => {
    const counts = Object.entries(documents).map(([document, { requests, responses }]) => [
      document,
      Object.keys(requests).length,
      Object.keys(responses).length,
    ]);

    expect(counts).toEqual([
      ['PiAPI', 1, 0],
      ['Cloudsway', 10, 8],
      ['Haiper', 4, 4],
      ['Apixo', 4, 4],
      ['KIE.ai', 3, 3],
      ['Apikley', 1, 1],
    ]);
  });

  it.each(Object.entries(documents))(
    'has no place of the document of %s twice',
    (_, { requests, responses }) => {
      const lines = [...Object.values(requests), ...Object.values(responses)].map(({ line }) => line);

      expect(new Set(lines).size).toBe(lines.length);
    },
  );

  it('excepts only examples that there are', () => {
    const namesOf = (kind: 'requests' | 'responses') =>
      Object.entries(documents).flatMap(([document, examples]) =>
        Object.keys(examples[kind]).map((name) => `${document}: ${name}`),
      );

    const requests = [...Object.keys(exceptions.requests), ...ownProviderAlone];
    expect(namesOf('requests')).toEqual(expect.arrayContaining(requests));
    expect(namesOf('responses')).toEqual(expect.arrayContaining(Object.keys(exceptions.responses)));
  });
});

describe.each(Object.entries(documents))("the examples of %s's document", (document, shown) => {
  const { provider, requests, responses } = shown;
  const exceptionOf = (name: string) => exceptions.requests[`${document}: ${name}`];
  const working = Object.entries(requests).filter(([name]) => exceptionOf(name) === undefined);
  const refused = Object.entries(requests).flatMap(([name, example]) => {
    const exception = exceptionOf(name);
    return exception === undefined ? [] : [{ name, example, ...exception }];
  });
  const answers = Object.entries(responses).map(([name, example]) => {
    const more = exceptions.responses[`${document}: ${name}`]?.more;
    const body = JSON.parse(readFixture(example.fixture));
    return { name, example, body, ours: { ...body, ...more }, isException: more !== undefined };
  });

  it.each(working)('work as requests: %s', async (_, example) => {
    if (example.body !== undefined) await calls.place(example);
    else expect(await calls.look(requests, example, 'completed')).toMatchObject({ status: 200 });
  });

  it.each(working.filter(([, { body }]) => body !== undefined))(
    'can be served by other providers, unless it is known that they cannot: %s',
    async (name, example) => {
      const others = providerDefinitions.map((other) => other.name).filter((other) => other !== provider);
      const headers = { 'x-conch-provider': others.join(',') };

      const { status } = await calls.send(example, { headers });

      expect(status).toBe(ownProviderAlone.includes(`${document}: ${name}`) ? 400 : 200);
    },
  );

  it.each(refused)('do not work as requests: $name', async ({ example, answer, reason }) => {
    const started = api.started.length;

    expect(await calls.send(example), reason).toMatchObject(answer);
    expect(api.started).toHaveLength(started);
  });

  it.each(answers)('are what the contract promises: $name', ({ example, body, ours, isException }) => {
    const schema = schemaFor(requests, example);

    expect(schema).toBeDefined();
    expect(validatorOf(schema)(ours)).toEqual([]);
    if (isException) expect(validatorOf(schema)(body)).not.toEqual([]);
  });

  it.each(answers)(
    'have the fields and types of our own answers: $name',
    async ({ example, body, ours, isException }) => {
      const real = shapeOf(await realAnswer(requests, example));

      expect(real).toEqual(shapeOf(ours));
      if (isException) expect(real).not.toEqual(shapeOf(body));
    },
  );
});
