import type { Answer } from './answer.ts';
import type { JobView, LookRoute } from './dialect.ts';
import { faultStages, type LookFault } from './faults.ts';
import { type Simulation, tallyOf, toErrorAnswer, viewOf } from './simulation.ts';

/** Serves one question about a job. */
export function answerLook(simulation: Simulation, look: LookRoute, url: URL): Answer {
  const { dialect, faults, log } = simulation;
  const address = look.match(url);
  const job = log.jobs.get(address?.jobId ?? '')?.job;
  if (job === undefined || job.route !== address?.route) {
    return toErrorAnswer(dialect, { status: 404, message: dialect.refusals.notFound, route: address?.route });
  }
  if (look.shows !== 'url') tallyOf(simulation, job.id).looks += 1;
  const view = viewOf(simulation, job);
  const fault = faults.drawOne({
    stage: faultStages.look,
    prompt: job.prompt,
    canStrike: (candidate) => canStrike(candidate, look, view),
  });
  const show = (shown: JobView) => toAnswer(simulation, look.body(shown, url));
  return answerDespite(fault, { simulation, view, show });
}

function canStrike(fault: LookFault, look: LookRoute, view: JobView): boolean {
  if (fault.kind === 'unknown_status') return look.shows !== 'url';
  return fault.kind !== 'success_without_url' || (look.shows !== 'status' && view.status === 'succeeded');
}

interface Showing {
  readonly simulation: Simulation;
  readonly view: JobView;
  readonly show: (view: JobView) => Answer;
}

function answerDespite(fault: LookFault | undefined, { simulation, view, show }: Showing): Answer {
  switch (fault?.kind) {
    case undefined:
      return show(view);
    case 'look_error':
      return toErrorAnswer(simulation.dialect, {
        ...fault,
        message: 'the service is out of order',
        route: view.job.route,
      });
    case 'look_html':
      return { kind: 'html', status: fault.status };
    case 'look_hangs':
      return { kind: 'hang' };
    case 'unknown_status':
      return show({ ...view, unknownStatus: fault.word });
    case 'success_without_url':
      return show({ job: view.job, status: view.status });
  }
}

function toAnswer({ dialect }: Simulation, body: unknown): Answer {
  if (body !== undefined) return { kind: 'json', status: 200, body };
  return toErrorAnswer(dialect, { status: 404, message: dialect.refusals.notFound });
}
