import { describe, expect, it } from 'vitest';
import type { Attempt, Task } from '../../../shared/domain/task.ts';
import { toTaskEvents } from '../../../shared/ordering/task-events.ts';
import { anOrder } from '../../support/orders.ts';

const at = (second: number) => `2026-03-02T10:00:0${second}.000Z`;
const failure = { code: 'provider_balance', message: 'Empty', charged: 'no', providerCode: '402' } as const;
const error = { code: 'provider_balance', message: 'Empty', provider_code: '402' };
const anAttempt = (changes: Partial<Attempt> = {}): Attempt => ({
  number: 1,
  provider: 'piapi',
  nativeModel: 't2v-01',
  priceMicroUsd: 200_000,
  claimedAt: at(1),
  claimId: 'claim-1',
  ...changes,
});
const taken = { outcome: 'accepted', outcomeAt: at(4), jobId: 'job-1' } as const;
const eventsOf = (changes: Partial<Task>) => toTaskEvents({ ...anOrder().task, ...changes });
const typesOf = (changes: Partial<Task>) => eventsOf(changes).map(({ type }) => type);

describe('toTaskEvents', () => {
  it('tells the way of a task over two providers to its video', () => {
    const attempts = [
      anAttempt({ outcome: 'refused', outcomeAt: at(2), failure }),
      anAttempt({ number: 2, provider: 'cloudsway', claimedAt: at(3), priceMicroUsd: 250_000, ...taken }),
    ];
    const end = { state: 'completed', archivingAt: at(5), completedAt: at(6) } as const;

    const first = { attempt: 1, provider: 'piapi' };
    const second = { attempt: 2, provider: 'cloudsway' };
    expect(eventsOf({ attempts, ...end, holdMicroUsd: 250_000, chargeMicroUsd: 250_000 })).toEqual([
      { type: 'accepted', at: at(0) },
      { type: 'attempt.claimed', at: at(1), ...first, native_model: 't2v-01', price: '0.20' },
      { type: 'attempt.refused', at: at(2), ...first, job_id: null, error },
      { type: 'attempt.claimed', at: at(3), ...second, native_model: 't2v-01', price: '0.25' },
      { type: 'attempt.accepted', at: at(4), ...second, job_id: 'job-1', error: null },
      { type: 'archiving', at: at(5) },
      { type: 'completed', at: at(6) },
      { type: 'settled', at: at(6), hold: 'captured', held: '0.25', charged: '0.25' },
    ]);
  });

  it('tells whose order was placed again', () => {
    const [retryOf, remixOf] = ['331ac6c1e3d7ead4', '3f0dd864b57d7f59'];

    expect(eventsOf({ retryOf })).toEqual([
      { type: 'accepted', at: at(0), retry_of: 'video_331ac6c1e3d7ead4' },
    ]);
    expect(eventsOf({ remixOf })).toEqual([
      { type: 'accepted', at: at(0), remixed_from_video_id: 'video_3f0dd864b57d7f59' },
    ]);
  });

  it('tells that a task waits for a place, and where', () => {
    expect(eventsOf({ queuedAt: at(2) })).toEqual([
      { type: 'accepted', at: at(0) },
      { type: 'queued', at: at(2), provider: 'piapi' },
    ]);
  });

  it('has no moment for the failure of a job, because none was written down', () => {
    const attempts = [anAttempt({ ...taken, failure })];

    expect(eventsOf({ state: 'failed', attempts, failure, chargeMicroUsd: 0, completedAt: at(6) })).toEqual([
      expect.objectContaining({ type: 'accepted' }),
      expect.objectContaining({ type: 'attempt.claimed' }),
      expect.objectContaining({ type: 'attempt.accepted', error: null }),
      { type: 'attempt.failed', at: null, attempt: 1, provider: 'piapi', error },
      { type: 'failed', at: at(6), error },
      { type: 'settled', at: at(6), hold: 'released', held: '0.20', charged: '0.00' },
    ]);
  });

  it('lays a copy that failed at nobody but the task', () => {
    const attempts = [anAttempt({ ...taken, failure })];
    const end = { state: 'failed', archivingAt: at(5), completedAt: at(6), failure } as const;

    expect(eventsOf({ attempts, ...end, chargeMicroUsd: 200_000 }).slice(2)).toEqual([
      expect.objectContaining({ type: 'attempt.accepted' }),
      { type: 'archiving', at: at(5) },
      { type: 'failed', at: at(6), error },
      { type: 'settled', at: at(6), hold: 'captured', held: '0.20', charged: '0.20' },
    ]);
  });

  it('tells when its customer asked for the end of a task, before what came of that', () => {
    const attempts = [anAttempt({ ...taken, outcomeAt: at(2), failure })];
    const end = { state: 'canceled', chargeMicroUsd: 0, completedAt: at(3), failure } as const;

    expect(eventsOf({ attempts, cancelRequestedAt: at(3), ...end }).slice(2)).toEqual([
      expect.objectContaining({ type: 'attempt.accepted', at: at(2) }),
      { type: 'cancel.requested', at: at(3) },
      expect.objectContaining({ type: 'attempt.failed', at: null }),
      { type: 'canceled', at: at(3), error },
      { type: 'settled', at: at(3), hold: 'released', held: '0.20', charged: '0.00' },
    ]);
  });

  it('tells of a request that came too late, or while an order was on its way', () => {
    const late = { attempts: [anAttempt(taken)], archivingAt: at(6), cancelRequestedAt: at(5) };
    expect(typesOf(late).slice(2)).toEqual(['attempt.accepted', 'cancel.requested', 'archiving']);
    const early = { attempts: [anAttempt(taken)], cancelRequestedAt: at(2) };
    expect(typesOf(early).slice(1)).toEqual(['attempt.claimed', 'cancel.requested', 'attempt.accepted']);
    expect(typesOf({ cancelRequestedAt: at(0) })).toEqual(['accepted', 'cancel.requested']);
  });

  it('tells that a hold was kept when nobody knows what became of the order', () => {
    const attempts = [anAttempt({ outcome: 'unknown', outcomeAt: at(2), failure })];
    const [settled] = eventsOf({ state: 'failed', attempts, failure, completedAt: at(6) }).slice(-1);

    expect(typesOf({ state: 'failed', attempts })).toContain('attempt.unknown');
    expect(settled).toEqual({ type: 'settled', at: at(6), hold: 'kept', held: '0.20', charged: null });
  });

  it('tells when a hold that was kept was resolved, and that it had been kept', () => {
    const resolved = {
      state: 'failed',
      completedAt: at(6),
      resolvedAt: at(8),
      chargeMicroUsd: 200_000,
    } as const;

    expect(eventsOf(resolved).slice(-2)).toEqual([
      { type: 'settled', at: at(6), hold: 'kept', held: '0.20', charged: null },
      { type: 'resolved', at: at(8), hold: 'captured', held: '0.20', charged: '0.20' },
    ]);
  });

  it('has no end and no charge of a task that goes on, nor an outcome of a claim', () => {
    expect(typesOf({ state: 'submitting', attempts: [anAttempt()] })).toEqual([
      'accepted',
      'attempt.claimed',
    ]);
  });

  it('captures a video that costs nothing', () => {
    const free = { state: 'completed', holdMicroUsd: 0, chargeMicroUsd: 0, completedAt: at(6) } as const;

    expect(eventsOf(free).at(-1)).toMatchObject({ hold: 'captured', charged: '0.00' });
  });
});
