import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { encodeForm } from '../../support/http-events.ts';
import { type ServedApi, startApi, twoProviders } from '../../support/served-api.ts';

let api: ServedApi;
beforeAll(async () => {
  api = await startApi(twoProviders);
});
afterAll(() => api.close());

const problemSchema = z.object({
  detail: z.string(),
  param: z.string(),
  errors: z.array(z.object({ param: z.string(), code: z.string(), message: z.string() })),
});
const prompt = 'A lighthouse at dusk';
const order = (json: object) => api.call({ method: 'POST', path: '/v1/videos', json });
const long = 'm'.repeat(5_000_000);
const cut = `${'m'.repeat(100)}…`;
/** As JSON without its braces: such an object takes a second to make. */
const manyFields = Array.from({ length: 100_000 }, (_, index) => `"f${index}":1`).join();

describe('a refused order with a value of 5 MB', () => {
  it.each([
    ['as model', { prompt, model: long }, 'model', 'unknown_model', `"${cut}"`],
    [
      'as model of a known provider',
      { prompt, model: long, provider: 'piapi' },
      'model',
      'unknown_model',
      cut,
    ],
    ['as provider', { prompt, provider: long }, 'provider', 'unknown_provider', `"${cut}"`],
    ['as file id', { prompt, input_reference: { file_id: long } }, 'input_reference', 'file_not_found', cut],
    ['as size', { prompt, size: long }, 'size', 'wrong_type', `"${cut}"`],
    ['as unknown field', { prompt, [long]: 1 }, cut, 'unknown_field', cut],
    ['as key in metadata', { prompt, metadata: { [long]: 1 } }, /^metadata\.m{91}…$/, 'wrong_type', 'texts'],
    [
      'as host of an image',
      { prompt, input_reference: `https://${long}/a.png` },
      'input_reference',
      'wrong_type',
      'an https URL of at most 4096 characters',
    ],
  ])('is told shortly what is wrong with it %s', async (_, body, param, code, shown) => {
    const answer = await order(body);

    expect(answer.status).toBe(422);
    const { errors } = problemSchema.parse(answer.body);
    expect(errors).toMatchObject([{ param: expect.stringMatching(param), code }]);
    expect(errors[0]?.message).toContain(shown);
    expect(JSON.stringify(answer).length).toBeLessThan(6000);
  });

  it('shows its beginning as the name of a field of a form that comes twice', async () => {
    const form = new FormData();
    for (const text of ['one', 'two']) form.append('m'.repeat(1_000_000), text);
    const { body } = await api.call({ method: 'POST', path: '/v1/videos', ...(await encodeForm(form)) });

    expect(body).toMatchObject({ errors: [{ param: cut, message: `${cut} is given more than once` }] });
  });
});

describe('a refused order with 100,000 faults', () => {
  it.each([
    ['unknown fields', '"prompt":"A pier",', '', 'unknown_field', 100_000],
    ['entries of metadata that are no text', '"prompt":"A pier","metadata":{', '}', 'wrong_type', 100_000],
    ['fields beside a wrong one', '"prompt":5,', '', 'wrong_type', 100_001],
  ])('lists the first 50 %s and says how many there are', async (_, before, after, code, count) => {
    const body = `{${before}${manyFields}${after}}`;
    const headers = { 'content-type': 'application/json' };
    const answer = await api.call({ method: 'POST', path: '/v1/videos', headers, body });

    expect(answer.status).toBe(422);
    const { errors, detail } = problemSchema.parse(answer.body);
    expect(errors).toHaveLength(50);
    expect(errors[0]).toMatchObject({ code });
    expect(detail).toMatch(new RegExp(`errors lists 50 of ${count}$`));
    expect(JSON.stringify(answer).length).toBeLessThan(100_000);
  });
});
