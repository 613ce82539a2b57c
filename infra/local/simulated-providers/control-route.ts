import type { IncomingMessage } from 'node:http';
import * as z from 'zod';
import type { Answer } from './answer.ts';
import { faultSchema } from './faults.ts';
import type { Job, JobStatus } from './job.ts';
import { readJson } from './request-body.ts';
import { type Simulation, type Tally, tallyOf, viewOf } from './simulation.ts';

/** A job with its present state. The counts begin anew when the server starts. */
export interface SimulatedJob extends Job, Tally {
  readonly status: JobStatus;
}

/** Serves `PUT /_simulation/faults` and `GET /_simulation/jobs`, the levers of a test in another process. */
export async function answerControl(
  simulation: Simulation,
  request: IncomingMessage,
  path: string,
): Promise<Answer> {
  switch (`${request.method} ${path}`) {
    case 'PUT /_simulation/faults':
      return answerFaults(simulation, await readJson(request));
    case 'GET /_simulation/jobs':
      return toJson(200, { createRequests: simulation.createRequests, jobs: listJobs(simulation) });
    default:
      return toJson(404, { message: 'There are PUT /_simulation/faults and GET /_simulation/jobs' });
  }
}

/** Every accepted job, oldest first. */
export function listJobs(simulation: Simulation): SimulatedJob[] {
  return [...simulation.log.jobs.values()].map(({ job }) => ({
    ...job,
    ...tallyOf(simulation, job.id),
    status: viewOf(simulation, job).status,
  }));
}

function answerFaults(simulation: Simulation, body: unknown): Answer {
  const parsed = z.array(faultSchema).safeParse(body);
  if (!parsed.success) return toJson(400, { message: z.prettifyError(parsed.error) });
  simulation.faults.set(parsed.data);
  return toJson(200, parsed.data);
}

function toJson(status: number, body: unknown): Answer {
  return { kind: 'json', status, body };
}
