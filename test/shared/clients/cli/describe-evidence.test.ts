import { describe, expect, it } from 'vitest';
import { describeEvidence } from '../../../../shared/clients/cli/describe-evidence.ts';
import type { Attempt, Task } from '../../../../shared/domain/task.ts';
import { anOrder } from '../../../support/orders.ts';

const since = '2026-03-02T11:00:00.000Z';
const sha256 = 'f'.repeat(64);
const failure = { code: 'submit_unknown', message: 'Nobody knows', charged: 'unknown' } as const;
const attempt = {
  number: 1,
  provider: 'piapi',
  nativeModel: 't2v-01',
  priceMicroUsd: 200_000,
  claimedAt: '2026-03-02T10:00:00.000Z',
  claimId: 'claim-1',
  outcome: 'unknown',
  hintedJobId: 'job-7',
} as const;

/** What the command shows of a task that ended as unknown, by the names of its lines. */
function show(row: Partial<Task>, job: Partial<Attempt> = {}) {
  const task: Task = {
    ...anOrder().task,
    state: 'failed',
    failure,
    attempts: [{ ...attempt, ...job }],
    ...row,
  };
  return Object.fromEntries(describeEvidence(task));
}

const open = { evidence: { since }, followUps: ['evidence'] } satisfies Partial<Task>;
const found = { jobId: 'job-7' };
const result = { key: 'videos/late.mp4', bytes: 337_144, sha256 };
const failed = { code: 'face_not_found', message: 'no face', charged: 'no' } as const;

describe('what npm run tasks -- show tells of a late job', () => {
  it('is what capturing would do, while none has shown up', () => {
    expect(show({})).toEqual({
      '--captured': 'would charge 0.20 USD; there is no video to publish, unless one shows up later',
    });
  });

  it.each([
    ['is sought', open, {}, `a callback named it at ${since}; its provider is asked for it`],
    ['is at work', open, found, `its provider confirmed it at ${since}; it is not done`],
    ['is done', { ...open, outputUrl: 'https://cdn' }, found, 'it is done, and is being archived'],
  ])('is how it stands while it %s, and that its video will be published', (_, row, job, text) => {
    expect(show(row, job)).toEqual({
      evidence: `job job-7: ${text}`,
      '--captured': 'would charge 0.20 USD, and publish the video once it is archived',
    });
  });

  it('is what was archived, what its provider says it cost, and that it would be published', () => {
    expect(show({ evidence: { since }, result }, { ...found, reportedCostMicroUsd: 180_000 })).toEqual({
      evidence: `job job-7: 337144 bytes are archived, sha256 ${sha256}`,
      reported: '0.18 USD',
      '--captured': 'would charge 0.20 USD and publish the archived video',
    });
  });

  it.each([
    ['unconfirmed', {}, 'its provider did not confirm it'],
    ['foreign', {}, 'it belongs to another task'],
    ['without_video', found, 'it is confirmed, but gave no video in time'],
    ['failed', found, 'it failed: face_not_found, no face; charged: no'],
  ] as const)('is the verdict %s', (verdict, job, text) => {
    const evidence = { since, verdict, ...(verdict === 'failed' && { failure: failed }) };

    expect(show({ evidence }, job)).toEqual({
      evidence: `job job-7: ${text}`,
      '--captured': 'would charge 0.20 USD; there is no video to publish, unless one shows up later',
    });
  });

  it('is that the video follows, where the hold was captured already', () => {
    const captured = {
      chargeMicroUsd: 200_000,
      resolvedAt: since,
      failure: { ...failure, charged: 'yes' },
    } as const;

    expect(show({ ...open, ...captured }, found)).toEqual({
      evidence: `job job-7: its provider confirmed it at ${since}; it is not done; its video is published once it is archived`,
    });
  });

  it('is that nothing would be published, where the archived video is gone', () => {
    const task: Task = { ...anOrder().task, state: 'failed', failure, evidence: { since }, result };

    expect(Object.fromEntries(describeEvidence(task, true))).toMatchObject({
      '--captured': 'would charge 0.20 USD and publish nothing: the archived video is gone from the bucket',
    });
  });

  it('is nothing for any other task', () => {
    expect(describeEvidence(anOrder().task)).toEqual([]);
  });
});
