import { describe, expect, it } from 'vitest';
import { secondsAfter } from '../../../shared/clock.ts';
import type { Offer } from '../../../shared/domain/offer.ts';
import type { Task } from '../../../shared/domain/task.ts';
import { toVideoObject } from '../../../shared/ordering/video-object.ts';
import { nextPollMs } from '../../../shared/ordering/video-progress.ts';
import { anOffer, anOrder, type OrderOverrides } from '../../support/orders.ts';

const start = '2026-03-02T10:00:00.000Z';
const failure = { code: 'content_rejected', message: 'No', charged: 'no', providerCode: '1026' } as const;
const result = { key: 'k', bytes: 9, sha256: 'f', width: 1366, height: 768, durationSeconds: 5.9 };
const accepted = {
  number: 1,
  provider: 'piapi',
  claimedAt: start,
  nativeModel: 't2v-01',
  priceMicroUsd: 200_000,
  claimId: 'claim-1',
  outcome: 'accepted',
  outcomeAt: start,
  jobId: 'job-1',
} as const;

function show(
  changes: Partial<Task>,
  { seconds = 0, ...order }: OrderOverrides & { seconds?: number } = {},
  offer?: Offer,
) {
  const { task, request } = anOrder(order);
  const now = new Date(secondsAfter(start, seconds));
  const context = { publicUrl: 'https://conch.test', now, typicalSeconds: 200, offer };
  return toVideoObject({ task: { ...task, ...changes }, request }, context);
}

describe('toVideoObject', () => {
  it.each([
    ['accepted', 'queued'],
    ['submitting', 'queued'],
    ['processing', 'in_progress'],
    ['archiving', 'in_progress'],
    ['completed', 'completed'],
    ['failed', 'failed'],
    ['canceled', 'failed'],
  ] as const)('shows %s as %s', (state, status) => {
    expect(show({ state })).toMatchObject({ status, gateway: { state } });
  });

  it.each([
    ['accepted', [], 100, 0],
    ['processing', [accepted], 0, 0],
    ['processing', [accepted], 100, 50],
    ['processing', [accepted], 1000, 99],
    ['completed', [accepted], 1000, 100],
    ['failed', [accepted], 1000, 0],
  ] as const)('has a %s task with %j after %i s at %i %%', (state, attempts, seconds, progress) => {
    expect(show({ state, attempts: [...attempts] }, { seconds }).progress).toBe(progress);
  });

  it('tells a failure with what it cost and whether to try again', () => {
    const attempts = [{ ...accepted, outcome: 'refused', failure } as const];

    expect(show({ state: 'failed', failure, chargeMicroUsd: 0, attempts })).toMatchObject({
      error: { code: 'content_rejected', message: 'No' },
      gateway: {
        cost: { estimated: '0.20', charged: '0.00' },
        failure: { code: 'content_rejected', retryable: false, charged: 'no', provider_code: '1026' },
        attempts: [
          {
            native_model: 't2v-01',
            price: '0.20',
            outcome: 'refused',
            error: { code: 'content_rejected', provider_code: '1026' },
          },
        ],
      },
    });
  });

  it.each([
    [{ state: 'processing' }, 'held'],
    [{ state: 'completed', chargeMicroUsd: 200_000 }, 'captured'],
    [{ state: 'failed', failure, chargeMicroUsd: 200_000 }, 'captured'],
    [{ state: 'failed', failure, chargeMicroUsd: 0 }, 'released'],
    [{ state: 'canceled', failure, chargeMicroUsd: 0 }, 'released'],
    [{ state: 'failed', failure }, 'kept'],
  ] as const)('says of %j that its hold is %s', (changes, hold) => {
    expect(show(changes).gateway.cost).toMatchObject({ hold });
  });

  it('says whether its customer asked for its end', () => {
    expect(show({}).gateway.cancel_requested).toBe(false);
    expect(show({ cancelRequestedAt: start }).gateway.cancel_requested).toBe(true);
  });

  it('shows what a provider reports beside our price, and 0 as an amount', () => {
    const attempts = [
      { ...accepted, reportedCostMicroUsd: 260_001 },
      { ...accepted, reportedCostMicroUsd: 0 },
    ];

    expect(show({ attempts: [...attempts, accepted] }).gateway.attempts).toMatchObject([
      { price: '0.20', reported: '0.260001' },
      { reported: '0.00' },
      { reported: null },
    ]);
  });

  it('keeps quiet about a failure and a result until the task is settled', () => {
    expect(show({ state: 'processing', failure })).toMatchObject({ error: null, gateway: { failure: null } });
    expect(show({ state: 'archiving', result })).toMatchObject({ gateway: { result: null } });
  });

  it('has a result until its video expires, or is deleted', () => {
    const expiresAt = secondsAfter(start, 100);
    const completed = { state: 'completed', result, expiresAt } as const;

    expect(show(completed, { seconds: 99 }).gateway).toMatchObject({
      result: { bytes: 9 },
      expired: false,
      deleted: false,
    });
    expect(show(completed, { seconds: 100 })).toMatchObject({
      status: 'completed',
      expires_at: Date.parse(expiresAt) / 1000,
      size: '1366x768',
      gateway: { result: null, expired: true, deleted: false },
    });
    expect(show({ ...completed, deletedAt: start }).gateway).toMatchObject({
      result: null,
      expired: false,
      deleted: true,
    });
  });

  it('has the size that was ordered, then the one that was measured', () => {
    const order = { request: { size: '1280x720' } };

    expect(show({}, order).size).toBe('1280x720');
    expect(show({ state: 'completed', result }, order).size).toBe('1366x768');
    expect(show({}, { request: { aspectRatio: '9:16' } }).size).toBe('720x1280');
  });

  it('is as long as was ordered, else as was measured', () => {
    const upscaled = { seconds: undefined, operation: 'upscale' } as const;

    expect(show({}).seconds).toBe('6');
    expect(show(upscaled).seconds).toBe('');
    expect(show({ ...upscaled, state: 'archiving', result }).seconds).toBe('');
    expect(show({ ...upscaled, state: 'completed', result }).seconds).toBe('6');
  });

  it('says what becomes of camera moves at its offer, and nothing where that is not known', () => {
    const request = { prompt: 'Sea [Pan left]' };
    const offer = anOffer({ camera: 'lateral' });

    expect(show({}, { request }).gateway.warnings).toEqual([]);
    expect(show({}, { request }, offer).gateway.warnings).toMatchObject([{ code: 'camera_translated' }]);
  });

  it("has the first frame's shape", () => {
    const facts = { format: 'png', bytes: 9, width: 301, height: 602 } as const;
    const request = {
      size: '1280x720',
      firstFrameImage: { kind: 'url', url: 'https://a.test', facts } as const,
    };

    expect(show({}, { request }).size).toBe('720x1440');
  });

  it('names the video whose order it repeats, and the one that repeats its own', () => {
    const [one, other] = ['331ac6c1e3d7ead4', '3f0dd864b57d7f59'];

    expect(show({ retryOf: one, retriedBy: other })).toMatchObject({
      remixed_from_video_id: null,
      gateway: { retry_of: `video_${one}`, retried_by: `video_${other}` },
    });
    expect(show({ remixOf: one })).toMatchObject({
      remixed_from_video_id: `video_${one}`,
      gateway: { retry_of: null, retried_by: null },
    });
  });

  it('holds no secret of the task but the link', () => {
    const secrets = { taskToken: 'token-1', outputUrl: 'https://cdn.test/signed' };

    const shown = JSON.stringify(show({ state: 'processing', ...secrets }));

    expect(shown).not.toMatch(/token-1|signed/);
  });
});

describe('nextPollMs', () => {
  it.each([
    ['seldom at first', 200, 0, 10_000],
    ['more often towards the end', 200, 185, 10_000],
    ['in step with a short duration', 6, 0, 2000],
    ['never more than twice a second', 6, 60, 500],
  ])('asks %s', (_, typicalSeconds, elapsed, expected) => {
    const { task } = anOrder();

    expect(nextPollMs(task, new Date(secondsAfter(start, elapsed)), typicalSeconds)).toBe(expected);
  });
});
