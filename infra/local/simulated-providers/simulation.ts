import type { TimerClock } from '../timer-clock.ts';
import type { Answer } from './answer.ts';
import type { CallbackSender } from './callback-sender.ts';
import type { Dialect, JobView } from './dialect.ts';
import type { FaultPlan } from './fault-plan.ts';
import { type Job, statusAt } from './job.ts';
import type { JobLog } from './job-log.ts';
import type { VideoMaker } from './video-maker.ts';

/** All that one simulated provider knows while it runs. */
export interface Simulation {
  readonly dialect: Dialect;
  readonly apiKey: string;
  readonly jobSeconds: number;
  readonly clock: TimerClock;
  readonly origin: string;
  readonly videos: VideoMaker;
  readonly log: JobLog;
  readonly sender: CallbackSender;
  readonly faults: FaultPlan;
  readonly tallies: Map<string, Tally>;
  /** Orders that reached the server, whatever became of them. */
  createRequests: number;
  /** When the last requests with a right key came, of whatever kind, oldest first. */
  readonly requestTimes: Date[];
}

/** What happened to a job since the server started. */
export interface Tally {
  looks: number;
  downloads: number;
  callbackTries: number;
  /** Links to its video that were made to die. */
  deadLinks: number;
}

export function tallyOf({ tallies }: Simulation, jobId: string): Tally {
  const tally = tallies.get(jobId) ?? { looks: 0, downloads: 0, callbackTries: 0, deadLinks: 0 };
  tallies.set(jobId, tally);
  return tally;
}

/** The job as it looks now. */
export function viewOf(simulation: Simulation, job: Job): JobView {
  if (simulation.log.jobs.get(job.id)?.isCanceled === true)
    return { job, status: 'failed', isCanceled: true };
  const status = statusAt(job, simulation.clock.now());
  if (status !== 'succeeded') return { job, status };
  const { deadLinks } = tallyOf(simulation, job.id);
  return {
    job,
    status,
    videoUrl: `${simulation.origin}/videos/${job.id}/${job.videoSecret}/${deadLinks}/output.mp4`,
  };
}

interface ErrorShape {
  readonly status: number;
  readonly message: string;
  readonly route?: string | undefined;
  readonly retryAfterSeconds?: number | undefined;
}

/** An error in the provider's own words. */
export function toErrorAnswer(dialect: Dialect, error: ErrorShape): Answer {
  const { status, message, route, retryAfterSeconds } = error;
  const headers = retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
  const shownStatus = dialect.errorStatus?.(status) ?? status;
  return { kind: 'json', status: shownStatus, headers, body: dialect.errorBody(status, message, route) };
}
