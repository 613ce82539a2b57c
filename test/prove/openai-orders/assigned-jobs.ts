import { isTerminal, type Task } from '../../../shared/domain/task.ts';
import { toVideoId } from '../../../shared/ids.ts';
import type { Books } from '../../support/in-memory/read-books.ts';
import type { OrderEnd } from '../proof.ts';

type SoldJob = Books['jobs'][number];

/** How each task ended, with the jobs that were sold for it; several tasks may have asked for the same. */
export function assignJobs({ tasks, jobs, prompts }: Books) {
  const attached = new Map(tasks.map((task) => [task, jobs.filter((job) => isAttached(task, job))]));
  const claimed = new Set([...attached.values()].flat());
  const rest = new Set(jobs.filter((job) => !claimed.has(job)));
  const ends = tasks.map((task) => {
    const prompt = prompts.get(task.id) ?? '';
    const own = attached.get(task) ?? [];
    const lost = own.length > 0 ? undefined : [...rest].find((job) => mayBeOf(task, prompt, job));
    if (lost !== undefined) rest.delete(lost);
    return toEnd(task, prompt, lost === undefined ? own : [lost]);
  });
  return { ends, strays: [...rest].map(describeStray) };
}

function isAttached({ attempts }: Task, { id, provider }: SoldJob): boolean {
  return attempts.some((attempt) => attempt.jobId === id && attempt.provider === provider);
}

/** The answer to its create was lost: whose it is follows from what was asked for, and of whom, alone. */
function mayBeOf({ attempts }: Task, prompt: string, job: SoldJob): boolean {
  const last = attempts.at(-1);
  return last?.outcome === 'unknown' && last.provider === job.provider && prompt === job.prompt;
}

function toEnd(task: Task, prompt: string, jobs: readonly SoldJob[]): OrderEnd {
  return {
    prompt: `${prompt} (${toVideoId(task.id)})`,
    ending: isTerminal(task.state) ? (task.failure?.code ?? task.state) : `stuck in ${task.state}`,
    holdMicroUsd: task.holdMicroUsd,
    chargeMicroUsd: task.chargeMicroUsd,
    jobs: jobs.map(({ status }) => status),
  };
}

function describeStray({ id, provider, prompt }: SoldJob): string {
  return `${prompt} bought ${id} at ${provider}, which is nobody's`;
}
