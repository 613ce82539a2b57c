import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { DoorView } from '../../../shared/providers/door.ts';
import { loadDoors } from '../../../shared/providers/doors.ts';
import { hailuoBase36Id, hexId } from '../../../shared/providers/id-forms.ts';
import { listFixtures, readFixture } from '../../support/read-fixture.ts';
import { type ServedApi, startApi } from '../../support/served-api.ts';
import { storeTask } from '../../support/stored-tasks.ts';
import { marketCalls, withImages } from './market-calls.ts';

let api: ServedApi;
let kie: ReturnType<typeof marketCalls>;
let apikley: ReturnType<typeof marketCalls>;
beforeAll(async () => {
  api = await startApi({ KIE_DIALECT: 'market', APIKLEY_USD_PER_CREDIT: '0.01' });
  const { text } = await api.tables.accounts.createKey('acme', new Date(), { door: 'kie' });
  kie = marketCalls(api, text);
  apikley = marketCalls(api, api.keys.acme);
});
afterAll(() => api.close());

const pro = {
  model: 'hailuo/2-3-image-to-video-pro',
  input: { prompt: 'Fog', image_url: 'https://img.example.com/a.png' },
};
const proOrder = () => withImages(JSON.stringify(pro), api.imageUrl(600, 400));
const dataSchema = z.object({ data: z.looseObject({ param: z.string() }) });

describe("the door of KIE's market", () => {
  it.each(listFixtures('kie-market', 'create-'))(
    'takes %s and shows it as it was ordered',
    async (fixture) => {
      const json = withImages(readFixture(fixture), api.imageUrl(600, 400));
      const asked = z.looseObject({ model: z.string() }).parse(json);

      const { task, request, taskId } = await kie.order(json);

      expect(taskId).toMatch(/^[0-9a-f]{32}$/);
      expect(task).toMatchObject({ provider: 'kie', nativeModel: asked.model });
      expect(request).toMatchObject({
        preferredProvider: 'kie',
        door: { provider: 'kie', dialect: 'kie-market' },
      });
      const { body } = await kie.lookAt(taskId);
      expect(body).toMatchObject({ code: 200, message: 'success', data: { taskId, model: asked.model } });
      expect(JSON.parse(dataSchema.parse(body).data.param)).toEqual(json);
    },
  );

  it('is opened by the setting of a key, and is of no use without it', async () => {
    const refused = await apikley.place(proOrder());
    const made = await kie.order(proOrder());

    expect(refused).toMatchObject({
      status: 422,
      body: { code: 422, msg: expect.stringMatching(/^model must be one of/) },
    });
    expect(made.task).toMatchObject({ nativeModel: pro.model, seconds: 6, resolution: '768P' });
    const elsewhere = await apikley.lookAt(made.taskId);
    expect(elsewhere).toMatchObject({ status: 200, body: { data: { state: 'waiting', model: pro.model } } });
    expect(elsewhere.body).toMatchObject({
      data: { taskId: expect.stringMatching(/^task_hailuo_\d{19}$/) },
    });
  });

  it("tells its webhooks from those of KIE's other API", async () => {
    const callBackUrl = 'https://hooks.example.com/done';
    const { request } = await kie.order({ ...z.looseObject({}).parse(proOrder()), callBackUrl });

    expect(request.webhook).toEqual({ url: callBackUrl, dialect: 'kie-market' });
  });

  it.each([
    ['auto', {}],
    ['minimax', { providers: ['minimax'] }],
  ])("lets a key's setting choose who serves it: %s", async (providerChoice, chosen) => {
    const { text } = await api.tables.accounts.createKey('acme', new Date(), { providerChoice });
    const json = { model: 'hailuo/02-text-to-video-pro', input: { prompt: 'Fog' } };

    const { request } = await marketCalls(api, text).order(json);

    expect(request).toMatchObject(chosen);
    expect(request.preferredProvider).toBeUndefined();
  });

  it("is not taken for KIE's other API, which shows its tasks all the same", async () => {
    const { taskId, task } = await kie.order({
      ...pro,
      input: { ...pro.input, image_url: api.imageUrl(600, 400) },
    });

    const { body } = await api.call({ path: `/api/v1/hailuo/record-info?taskId=${taskId}` });

    expect(body).toMatchObject({ data: { taskId: hailuoBase36Id.toText(task.id), status: 0 } });
  });

  it.each([
    ['kie', 200.5],
    ['apikley', 100.25],
  ])('shows a key that speaks %s what its budget leaves, in credits: %i', async (name, credits) => {
    await api.tables.accounts.createAccount('poor', new Date(), { monthlyMicroUsd: 1_002_500 });
    const { text } = await api.tables.accounts.createKey('poor', new Date(), { door: name });
    const headers = { authorization: `Bearer ${text}` };

    const { status, body } = await api.call({ path: '/api/v1/chat/credit', headers });

    expect({ status, body }).toEqual({ status: 200, body: { code: 200, msg: 'success', data: credits } });
  });

  it.each(['waiting', 'queuing', 'generating', 'success', 'fail'])(
    'has the fields of the documented answer "%s"',
    async (state) => {
      const documented = Object.keys(JSON.parse(readFixture(`kie-market/record-${state}`)).data);
      const ended = { completedAt: '2026-03-02T10:01:38.000Z', chargeMicroUsd: 150_000 };
      const task = await storeTask(api.tables, {
        ...(state === 'generating' && { state: 'processing' }),
        ...(state === 'success' && { state: 'completed', ...ended }),
        ...(state === 'fail' && { state: 'failed', ...ended }),
      });

      const { data } = dataSchema.parse((await kie.lookAt(hexId.toText(task.id))).body);

      expect(Object.keys(data)).toEqual(expect.arrayContaining(documented));
    },
  );
});

const door = loadDoors({}).find(({ dialect }) => dialect === 'kie-market');
const ended: DoorView = {
  id: '281e5b0aa1c04d2f9e63c1d2b7f39b91',
  status: 'succeeded',
  echo: { model: 'hailuo/02-text-to-video-pro', input: {} },
  source: {
    operation: 't2v',
    model: 'hailuo-02',
    nativeModel: 'hailuo/02-text-to-video-pro',
    provider: 'kie',
    prompt: 'Fog',
  },
  acceptedAt: '2026-03-02T10:14:02.000Z',
  endedAt: '2026-03-02T10:15:40.000Z',
  progress: 100,
  video: { url: 'https://conch.test/v/a.mp4', expiresAt: '2999-01-01T00:00:00.000Z' },
  priceMicroUsd: 285_000,
};
const failure = { code: 'generation_failed', message: 'It did not work' } as const;

describe("the callbacks of KIE's market", () => {
  it.each([
    [
      'success',
      ended,
      { code: 200 },
      { resultJson: '{"resultUrls":["https://conch.test/v/a.mp4"]}', failCode: null, failMsg: null },
    ],
    [
      'fail',
      { ...ended, status: 'failed' as const, video: undefined, failure },
      { code: 501 },
      { resultJson: null, failCode: '501', failMsg: 'It did not work' },
    ],
  ])(
    'tell of a %s with its time in seconds, in the fields of the document',
    (state, view, envelope, fields) => {
      const message = door?.callbackMessage?.(view, new Date());

      expect(message).toEqual({
        headers: {},
        body: {
          ...{ ...envelope, msg: `The task is in the state ${state}` },
          data: {
            ...{ taskId: ended.id, model: 'hailuo/02-text-to-video-pro', state, costTime: 98 },
            param: '{"model":"hailuo/02-text-to-video-pro","input":{"prompt":"Fog"}}',
            ...{ createTime: 1772446442000, completeTime: 1772446540000, ...fields },
          },
        },
      });
      const documented = JSON.parse(readFixture(`kie-market/callback-${state}`));
      expect(Object.keys(dataSchema.parse(message?.body).data).sort()).toEqual(
        Object.keys(documented.data).sort(),
      );
    },
  );
});
