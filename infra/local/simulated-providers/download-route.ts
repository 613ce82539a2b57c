import type { Answer } from './answer.ts';
import { type DownloadFault, faultStages } from './faults.ts';
import type { Job } from './job.ts';
import { type Simulation, tallyOf, viewOf } from './simulation.ts';

const linkPath = /^\/videos\/(?<jobId>[^/]+)\/(?<secret>[^/]+)\/(?<link>\d+)\/output\.mp4$/;
const gone: Answer = { kind: 'json', status: 404, body: { message: 'NoSuchKey' } };

/** Serves a finished video to whoever knows its link. */
export async function answerDownload(simulation: Simulation, path: string): Promise<Answer> {
  const { jobId = '', secret, link } = linkPath.exec(path)?.groups ?? {};
  const job = simulation.log.jobs.get(jobId)?.job;
  if (job === undefined || job.videoSecret !== secret) return gone;
  const tally = tallyOf(simulation, jobId);
  if (viewOf(simulation, job).status !== 'succeeded' || Number(link) < tally.deadLinks) return gone;
  tally.downloads += 1;
  const fault = simulation.faults.drawOne({ stage: faultStages.download, prompt: job.prompt });
  return answerDespite(fault, simulation, job);
}

async function answerDespite(
  fault: DownloadFault | undefined,
  simulation: Simulation,
  job: Job,
): Promise<Answer> {
  switch (fault?.kind) {
    case 'dead_link':
      tallyOf(simulation, job.id).deadLinks += 1;
      return gone;
    case 'not_a_video':
      return { kind: 'html', status: 200 };
    case 'truncated_video':
    case undefined:
      return {
        kind: 'video',
        path: await simulation.videos.make(job.shape),
        isTruncated: fault !== undefined,
      };
  }
}
