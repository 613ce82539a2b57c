import { appendFileSync, existsSync, mkdirSync, readFileSync, truncateSync } from 'node:fs';
import { dirname } from 'node:path';
import * as z from 'zod';
import { type Job, jobSchema } from './job.ts';

const eventSchema = z.discriminatedUnion('event', [
  z.object({ event: z.literal('accepted'), job: jobSchema }),
  /** The callback at this index of the job's plan was delivered, or given up. */
  z.object({ event: z.literal('called_back'), jobId: z.string(), index: z.number().int().nonnegative() }),
  z.object({ event: z.literal('canceled'), jobId: z.string() }),
]);
type LogEvent = z.infer<typeof eventSchema>;

interface LoggedJob {
  readonly job: Job;
  /** Indexes of planned callbacks that are over. */
  readonly calledBack: Set<number>;
  isCanceled: boolean;
}

/** The jobs of one provider, in an append-only file of JSON lines. A line is on disk when a call returns. */
export interface JobLog {
  readonly jobs: ReadonlyMap<string, LoggedJob>;
  accepted(job: Job): void;
  calledBack(jobId: string, index: number): void;
  canceled(jobId: string): void;
}

/** Opens the log and reads what it holds; a line torn by a kill is cut off. */
export function openJobLog(path: string): JobLog {
  const jobs = new Map<string, LoggedJob>();
  const apply = (event: LogEvent) => {
    if (event.event === 'accepted') {
      jobs.set(event.job.id, { job: event.job, calledBack: new Set(), isCanceled: false });
      return;
    }
    const logged = jobs.get(event.jobId);
    if (event.event === 'called_back') logged?.calledBack.add(event.index);
    else if (logged !== undefined) logged.isCanceled = true;
  };
  const append = (event: LogEvent) => {
    appendFileSync(path, `${JSON.stringify(event)}\n`);
    apply(event);
  };
  mkdirSync(dirname(path), { recursive: true });
  readEvents(path).forEach(apply);
  return {
    jobs,
    accepted: (job) => append({ event: 'accepted', job }),
    calledBack: (jobId, index) => append({ event: 'called_back', jobId, index }),
    canceled: (jobId) => append({ event: 'canceled', jobId }),
  };
}

function readEvents(path: string): LogEvent[] {
  if (!existsSync(path)) return [];
  const bytes = readFileSync(path);
  const whole = bytes.subarray(0, bytes.lastIndexOf('\n') + 1);
  if (whole.length < bytes.length) truncateSync(path, whole.length);
  const lines = whole.toString().split('\n').slice(0, -1);
  return lines.map((line) => eventSchema.parse(JSON.parse(line)));
}
