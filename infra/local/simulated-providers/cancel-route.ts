import type { Answer } from './answer.ts';
import type { CancelRoute } from './dialect.ts';
import { type Simulation, toErrorAnswer, viewOf } from './simulation.ts';

/** Serves a request to cancel a job: only one that has not begun can be. It is on disk before anything is answered. */
export function answerCancel(simulation: Simulation, cancel: CancelRoute, url: URL): Answer {
  const { dialect, log } = simulation;
  const address = cancel.match(url);
  const job = log.jobs.get(address?.jobId ?? '')?.job;
  if (job === undefined || job.route !== address?.route) {
    return toErrorAnswer(dialect, { status: 404, message: dialect.refusals.notFound, route: address?.route });
  }
  if (viewOf(simulation, job).status !== 'queued') {
    return toErrorAnswer(dialect, { status: 400, message: cancel.refusal, route: address.route });
  }
  log.canceled(job.id);
  return { kind: 'json', status: 200, body: cancel.body(job) };
}
