import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { piapi } from '../../../../shared/providers/piapi/index.ts';
import {
  type Reply,
  type ScriptedUpstream,
  startScriptedUpstream,
} from '../../../support/scripted-upstream.ts';
import { contextWith, unhurried } from '../provider-setting.ts';

let upstream: ScriptedUpstream;
beforeAll(async () => {
  upstream = await startScriptedUpstream();
});
afterAll(() => upstream.close());

function cancel(reply: Reply, context = unhurried()) {
  upstream.reply(reply);
  return piapi.load({ PIAPI_BASE_URL: upstream.url }).cancel?.({ id: 'a/job' }, context);
}

describe('the cancel of PiAPI', () => {
  it.each([
    ['says so', { code: 200, message: 'task a/job canceled' }],
    ['shows no task', { code: 200, message: 'success', data: null }],
    ['shows a task that failed', { code: 200, data: { task_id: 'a/job', status: 'Failed' } }],
    ['shows a task that is canceled', { code: '200', data: { task_id: 'a/job', status: 'cancelled' } }],
  ])('has canceled when its answer %s', async (_, body) => {
    expect(await cancel({ body })).toEqual({ kind: 'canceled' });
    expect(upstream.requests.at(-1)).toMatchObject({ method: 'DELETE', path: '/api/v1/task/a%2Fjob' });
  });

  it.each<[string, Reply]>([
    ['a 400', { status: 400, body: { code: 400, message: 'processing' } }],
    ['a 404', { status: 404, body: { code: 404, message: 'task not found' } }],
    ['a 4xx that says 200', { status: 400, body: { code: 200, message: 'canceled' } }],
    ['a 500', { status: 500, body: { code: 500 } }],
    ['another code in a 200', { body: { code: 404, message: 'task not found' } }],
    ['no code', { body: { message: 'canceled' } }],
    ['a page', { body: '<html>' }],
    ['an empty 200', { body: '' }],
    ['a broken connection', 'reset'],
    ...['pending', 'processing', 'completed', 'Rendering'].map((status): [string, Reply] => [
      `a task that is ${status}`,
      { body: { code: 200, data: { task_id: 'a/job', status } } },
    ]),
  ])('has not canceled when it is answered by %s', async (_, reply) => {
    expect(await cancel(reply)).toEqual({ kind: 'not_canceled', message: expect.any(String) });
  });

  it('was not asked when nobody could be reached', async () => {
    const gone = await startScriptedUpstream();
    await gone.close();

    expect(await piapi.load({ PIAPI_BASE_URL: gone.url }).cancel?.({ id: 'job-1' }, unhurried())).toEqual({
      kind: 'not_asked',
      message: expect.stringContaining('Could not connect'),
    });
  });

  it('has not canceled when the time is up', async () => {
    expect(await cancel('hang', contextWith(AbortSignal.timeout(50)))).toMatchObject({
      kind: 'not_canceled',
    });
  });
});
