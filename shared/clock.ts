import { setTimeout as sleep } from 'node:timers/promises';

/** The only source of time for code that decides something by it. Tests inject their own. */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };

/** Waits for as long; of code that may wait by an injected clock. */
export type Pause = (seconds: number) => Promise<void>;

export const systemPause: Pause = (seconds) => sleep(seconds * 1000);

/** The moment `seconds` after `from`, as ISO 8601 in UTC. */
export function secondsAfter(from: Date | string, seconds: number): string {
  return new Date(new Date(from).getTime() + seconds * 1000).toISOString();
}

/** Whole seconds since 1970, as JSON and expiries have them. */
export function toUnixSeconds(time: Date | string): number {
  return Math.floor(new Date(time).getTime() / 1000);
}

/** For fields that are `null` where there is no such time. */
export function toOptionalSeconds(time: string | undefined): number | null {
  return time === undefined ? null : toUnixSeconds(time);
}

/** Seconds from `from` until `to`, negative when `to` came first. */
export function secondsBetween(from: Date | string, to: Date | string): number {
  return (new Date(to).getTime() - new Date(from).getTime()) / 1000;
}
