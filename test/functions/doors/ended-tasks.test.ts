import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canceledOnRequest } from '../../../shared/domain/job-progress.ts';
import type { Task } from '../../../shared/domain/task.ts';
import { toVideoId } from '../../../shared/ids.ts';
import { type ServedApi, startApi } from '../../support/served-api.ts';
import { storeTask } from '../../support/stored-tasks.ts';

let api: ServedApi;
let marketKey: string;
beforeAll(async () => {
  api = await startApi();
  marketKey = (await api.tables.accounts.createKey('acme', new Date(), { door: 'kie' })).text;
});
afterAll(() => api.close());

interface StatusRoute {
  readonly name: string;
  readonly path: (id: string) => string;
  readonly isMarketOfKie?: boolean;
  /** What it shows of a canceled task. */
  readonly canceled: object;
  /** What it answers where it knows no task, besides HTTP 404. */
  readonly unknown: object;
}

const { message } = canceledOnRequest;
const market = {
  path: (id: string) => `/api/v1/jobs/recordInfo?taskId=${id}`,
  canceled: { code: 200, data: { state: 'fail', failCode: '501', failMsg: message, resultJson: null } },
  unknown: { code: 404, data: null },
};

const routes: readonly StatusRoute[] = [
  {
    name: 'PiAPI',
    path: (id) => `/api/v1/task/${id}`,
    canceled: { code: 200, data: { status: 'failed', output: null, error: { raw_message: message } } },
    unknown: { code: 404, data: null },
  },
  {
    name: 'Cloudsway',
    path: (id) => `/v1/ai/t2v/hailuo/video/task/${id}`,
    canceled: { status: 'Fail', fileId: '', base_resp: { status_code: 1000, status_msg: message } },
    unknown: { code: '404' },
  },
  {
    name: 'Haiper',
    path: (id) => `/v1/ai/haiper/video/tasks/${id}`,
    canceled: { status: 'FAIL', mediaUrl: '', message },
    unknown: { code: '404' },
  },
  {
    name: 'Apixo',
    path: (id) => `/api/v1/statusTask/hailuo-2-3?taskId=${id}`,
    canceled: {
      code: 200,
      data: { state: 'failed', failCode: 'PROCESSING_TIMEOUT', failMsg: message },
    },
    unknown: { code: 404, data: null },
  },
  {
    name: 'KIE',
    path: (id) => `/api/v1/hailuo/record-info?taskId=${id}`,
    canceled: { code: 0, data: { status: 2, errorMessage: message } },
    unknown: { code: 1004, data: null },
  },
  { name: 'Apikley', ...market },
  { name: "KIE's market", ...market, isMarketOfKie: true },
];

const at = '2026-03-02T10:01:00.000Z';
const result = { key: 'videos/a.mp4', bytes: 9, sha256: 'f'.repeat(64) };
const completed = {
  state: 'completed',
  result,
  completedAt: at,
  expiresAt: '2999-01-01T00:00:00.000Z',
  chargeMicroUsd: 200_000,
} as const;

async function lookAt({ path, isMarketOfKie }: StatusRoute, changes: Partial<Task>) {
  const { id } = await storeTask(api.tables, changes);
  const headers = isMarketOfKie ? { authorization: `Bearer ${marketKey}` } : {};
  return api.call({ path: path(toVideoId(id)), headers });
}

describe.each(routes)("a status at $name's door", (route) => {
  it('of a canceled task is a failure with our reason', async () => {
    const failure = canceledOnRequest;
    const ended = { state: 'canceled', failure, completedAt: at, chargeMicroUsd: 0 } as const;

    expect(await lookAt(route, ended)).toMatchObject({ status: 200, body: route.canceled });
  });

  it.each([
    ['was deleted', { deletedAt: at }],
    ['has expired', { expiresAt: '2026-03-03T00:00:00.000Z' }],
  ])('of a video that %s is that of an unknown task', async (_, removed) => {
    expect((await lookAt(route, completed)).status).toBe(200);
    expect(await lookAt(route, { ...completed, ...removed })).toMatchObject({
      status: 404,
      body: route.unknown,
    });
  });
});
