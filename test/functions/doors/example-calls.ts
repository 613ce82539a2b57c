import { expect } from 'vitest';
import * as z from 'zod';
import { readAnyId } from '../../../shared/providers/id-forms.ts';
import { readFixture } from '../../support/read-fixture.ts';
import type { ServedApi } from '../../support/served-api.ts';
import { storeTask } from '../../support/stored-tasks.ts';
import { endings, type RequestExample } from './document-examples.ts';
import { idSchema } from './ways-in.ts';

type Requests = Readonly<Record<string, RequestExample>>;
type Ending = keyof typeof endings;

export function requireRequest(requests: Requests, name: string | undefined): RequestExample {
  const example = requests[name ?? ''];
  if (example === undefined) throw new Error(`The document has no request ${name}`);
  return example;
}

interface Changes {
  /** Of the body. */
  readonly replacing?: readonly [words: string, others: string] | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Makes the calls of a document at the gateway, with our key and its media at our address. */
export function exampleCalls(api: ServedApi) {
  function textOf({ body = '', media }: RequestExample): string {
    const text = readFixture(body);
    if (media === undefined) return text;
    const [field, path] = media;
    const url = new RegExp(`("${field}":[\\s[]*")[^"]*"`);
    expect(text).toMatch(url);
    return text.replace(url, `$1${api.webUrl}${path}"`);
  }

  function send(example: RequestExample, { replacing, headers }: Changes = {}) {
    const { path, keyHeader } = example;
    const [words = '', others = ''] = replacing ?? [];
    const body = textOf(example).replace(others, words);
    const key = keyHeader === undefined ? {} : { authorization: '', [keyHeader]: api.keys.acme };
    const json = { 'content-type': 'application/json' };
    return api.call({ method: 'POST', path, body, headers: { ...json, ...key, ...headers } });
  }

  /** Orders as the example does, and lets the task have `ended` so; throws where that is no order. */
  async function place(example: RequestExample, ended?: Ending) {
    const { status, body } = await send(example);
    expect({ status, body }).toMatchObject({ status: 200 });
    const id = idSchema.parse(body);
    const view = await api.tables.tasks.getTaskView(readAnyId(id) ?? '');
    if (view === undefined) throw new Error(`Nothing was ordered as ${id}`);
    if (ended === undefined) return { id, view };
    const { request } = view;
    const task = await storeTask(api.tables, { ...view.task, ...endings[ended] }, { request });
    return { id, view: { task, request } };
  }

  /** Looks as the example does at an order that has `ended` so. */
  async function look(requests: Requests, example: RequestExample, ended?: Ending) {
    const { id } = await place(requireRequest(requests, example.looksAt), ended);
    const pathOf = ({ path }: RequestExample) => path.replace('{taskId}', id);
    if (!example.path.includes('{fileId}')) return api.call({ path: pathOf(example) });
    const status = await api.call({ path: pathOf(requireRequest(requests, 'task')) });
    const { fileId } = z.object({ fileId: z.string() }).parse(status.body);
    return api.call({ path: pathOf(example).replace('{fileId}', fileId) });
  }

  return { send, place, look };
}
