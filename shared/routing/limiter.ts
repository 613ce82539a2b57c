import { secondsAfter, secondsBetween } from '../clock.ts';
import type { ProviderLimits } from '../domain/offer.ts';
import type { Standing } from '../domain/standing.ts';

/** A start so far ahead is granted now, and whoever gets it waits for its moment. */
const maxAheadSeconds = 10;
/** An order that leaves later than this after its moment could meet another one: its worker slept, or died. */
const maxLateSeconds = 0.1;
const minuteSeconds = 60;
const hourSeconds = 60 * 60;
/** So long the first order after a pause may take to be answered. */
const probeSeconds = 60;
/** Requests do not travel equally fast: a window is counted a little longer than it is. */
const windowMarginSeconds = 1;

/** What the limits say to one more start. `availableAt` is absent where somebody must give a place back first. */
export type Grant =
  | { readonly kind: 'granted'; readonly at: string; readonly standing: Standing }
  | { readonly kind: 'full'; readonly availableAt?: string };

interface StartRequest {
  readonly limits: ProviderLimits;
  readonly taskId: string;
  readonly now: Date;
  /** So long whoever gets the place needs until it can use it. */
  readonly leadSeconds?: number;
}

/**
 * Grants a task its place: one lease, one start in each window, one moment between the requests. Granted again,
 * the same place is returned, and nothing is counted twice. Who missed its moment gets another one, and keeps its
 * place until then.
 */
export function grantStart(standing: Standing, request: StartRequest): Grant {
  const { limits, taskId, now, leadSeconds = 0 } = request;
  const held = standing.leases[taskId];
  if (held !== undefined && secondsBetween(held, now) <= maxLateSeconds) {
    return { kind: 'granted', at: held, standing };
  }
  const before = held === undefined ? standing : withoutStart(standing, { taskId, at: held });
  if (before.stoppedAt !== undefined) return { kind: 'full' };
  if (Object.keys(before.leases).length >= (limits.concurrent ?? Number.POSITIVE_INFINITY)) {
    return { kind: 'full' };
  }
  const ready = secondsAfter(now, leadSeconds);
  const at = latest([ready, earliestStart(before, limits, now), probeEnd(before)]);
  if (secondsBetween(now, at) > maxAheadSeconds) return { kind: 'full', availableAt: at };
  return { kind: 'granted', at, standing: withStart(before, { limits, taskId, at }) };
}

/** When the next request of any kind may leave, and the standing after it. */
export function grantRequest(
  standing: Standing,
  { spacingMs = 0 }: ProviderLimits,
  now: Date,
): { readonly at: string; readonly standing: Standing } {
  const at = latest([now.toISOString(), standing.nextRequestAt]);
  return { at, standing: { ...standing, nextRequestAt: secondsAfter(at, spacingMs / 1000) } };
}

/** Absent when the task holds no place. */
export function releaseLease(standing: Standing, taskId: string): Standing | undefined {
  if (standing.leases[taskId] === undefined) return undefined;
  const { [taskId]: _released, ...leases } = standing.leases;
  return { ...standing, leases };
}

/**
 * After a pause that the provider asked for, one order goes first: the others wait until it was taken, or has had
 * its time, so that a crowd does not run into the next refusal.
 */
function probeEnd({ pauses, pausedUntil = '', leases }: Standing): string | undefined {
  if (pauses === 0) return undefined;
  const probes = Object.values(leases).filter((at) => at >= pausedUntil);
  const last = probes.toSorted().at(-1);
  return last === undefined ? undefined : secondsAfter(last, probeSeconds);
}

interface Outlook {
  readonly limits: ProviderLimits;
  /** How many tasks wait before this one. */
  readonly waiting: number;
  readonly typicalSeconds: number;
  readonly now: Date;
}

/** When a task that joins now may expect to start: an estimate to compare providers by. */
export function expectedStart(standing: Standing, { limits, waiting, typicalSeconds, now }: Outlook): string {
  const starts = Object.values(standing.leases).toSorted();
  const isFull = starts.length >= (limits.concurrent ?? Number.POSITIVE_INFINITY);
  const freedAt = isFull && starts[0] !== undefined ? secondsAfter(starts[0], typicalSeconds) : undefined;
  const next = latest([earliestStart(standing, limits, now), freedAt]);
  return secondsAfter(next, waiting * secondsPerStart(limits, typicalSeconds));
}

function secondsPerStart(limits: ProviderLimits, typicalSeconds: number): number {
  return Math.max(
    typicalSeconds / (limits.concurrent ?? Number.POSITIVE_INFINITY),
    minuteSeconds / (limits.perMinute ?? Number.POSITIVE_INFINITY),
    hourSeconds / (limits.perHour ?? Number.POSITIVE_INFINITY),
    (limits.spacingMs ?? 0) / 1000,
  );
}

function earliestStart(standing: Standing, limits: ProviderLimits, now: Date): string {
  return latest([
    now.toISOString(),
    standing.nextRequestAt,
    standing.pausedUntil,
    windowOpening(standing, limits.perMinute, minuteSeconds),
    windowOpening(standing, limits.perHour, hourSeconds),
  ]);
}

/** When the oldest of the last `count` starts leaves the window. */
function windowOpening({ startsMs }: Standing, count: number | undefined, windowSeconds: number) {
  const oldestMs = count === undefined ? undefined : startsMs.at(-count);
  if (oldestMs === undefined) return undefined;
  return secondsAfter(new Date(oldestMs), windowSeconds + windowMarginSeconds);
}

interface Start {
  readonly limits: ProviderLimits;
  readonly taskId: string;
  readonly at: string;
}

function withStart(standing: Standing, { limits, taskId, at }: Start): Standing {
  const atMs = new Date(at).getTime();
  const longest = Math.max(limits.perMinute ?? 0, limits.perHour ?? 0);
  const startsMs = longest === 0 ? [] : [...standing.startsMs, atMs].slice(-longest);
  return {
    ...standing,
    leases: { ...standing.leases, [taskId]: at },
    startsMs,
    nextRequestAt: secondsAfter(at, (limits.spacingMs ?? 0) / 1000),
  };
}

/** As if it had never been granted; nothing was sent by it. */
function withoutStart(standing: Standing, { taskId, at }: Pick<Start, 'taskId' | 'at'>): Standing {
  const index = standing.startsMs.lastIndexOf(new Date(at).getTime());
  const startsMs = standing.startsMs.filter((_, other) => other !== index);
  return { ...(releaseLease(standing, taskId) ?? standing), startsMs };
}

function latest(times: readonly [string, ...(string | undefined)[]]): string {
  return times.reduce<string>((last, time) => (time !== undefined && time > last ? time : last), times[0]);
}
