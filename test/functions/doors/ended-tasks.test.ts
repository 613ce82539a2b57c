import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canceledOnRequest } from '../../../shared/domain/job-progress.ts';
import type { Task } from '../../../shared/domain/task.ts';
import { toVideoId } from '../../../shared/ids.ts';
import { type ServedApi, startApi } from '../../support/served-api.ts';
import { storeTask } from '../../support/stored-tasks.ts';
import { wayThrough } from './ways-in.ts';

let api: ServedApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

interface StatusRoute {
  readonly dialect: string;
  /** What it shows of a canceled task. */
  readonly canceled: object;
  /** What it answers where it knows no task, besides HTTP 404. */
  readonly unknown: object;
}

const { message } = canceledOnRequest;
const market = {
  canceled: { code: 200, data: { state: 'fail', failCode: '501', failMsg: message, resultJson: null } },
  unknown: { code: 404, data: null },
};

const routes: readonly StatusRoute[] = [
  {
    dialect: 'piapi',
    canceled: { code: 200, data: { status: 'failed', output: null, error: { raw_message: message } } },
    unknown: { code: 404, data: null },
  },
  {
    dialect: 'cloudsway',
    canceled: { status: 'Fail', fileId: '', base_resp: { status_code: 1000, status_msg: message } },
    unknown: { code: '404' },
  },
  {
    dialect: 'haiper',
    canceled: { status: 'FAIL', mediaUrl: '', message },
    unknown: { code: '404' },
  },
  {
    dialect: 'apixo',
    canceled: {
      code: 200,
      data: { state: 'failed', failCode: 'PROCESSING_TIMEOUT', failMsg: message },
    },
    unknown: { code: 404, data: null },
  },
  {
    dialect: 'kie',
    canceled: { code: 0, data: { status: 2, errorMessage: message } },
    unknown: { code: 1004, data: null },
  },
  { dialect: 'apikley', ...market },
  { dialect: 'kie-market', ...market },
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

async function lookAt({ dialect }: StatusRoute, changes: Partial<Task>) {
  const { id } = await storeTask(api.tables, changes);
  const headers = dialect === 'kie-market' ? { authorization: `Bearer ${api.keys.kieMarket}` } : {};
  return api.call({ path: wayThrough(dialect).look(toVideoId(id)), headers });
}

describe.each(routes)('a status at the door of $dialect', (route) => {
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
