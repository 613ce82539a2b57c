import type { LocalFile } from '../../infra/local/local-file.ts';
import { fromUsd } from '../../shared/domain/money.ts';
import { createPublicApi, type Video } from '../end-to-end/support/public-api.ts';
import { controlSimulation } from '../end-to-end/support/simulation.ts';
import { waitUntil } from '../end-to-end/support/wait-until.ts';
import type { OrderEnd } from './proof.ts';

export interface PlacedOrder {
  readonly id: string;
  readonly provider: string;
  readonly prompt: string;
}

const timeoutSeconds = 180;
/** By then an order of unknown fate has ended, unless it may still be called back. */
const lostAfterMs = 60_000;

/** Waits until the order is over, or until only a callback that never comes could end it before 20 minutes. */
export async function untilEnd({ id, provider, prompt }: PlacedOrder, local: LocalFile): Promise<OrderEnd> {
  const api = createPublicApi(local);
  const simulation = controlSimulation(local, provider);
  const startedAt = Date.now();
  const probe = async () => {
    const video = await api.readVideo(id);
    if (isOver(video)) return video;
    const isLost =
      video.gateway.attempts.at(-1)?.outcome === 'unknown' && Date.now() - startedAt > lostAfterMs;
    return isLost && (await simulation.jobsOf(prompt)).length === 0 ? video : undefined;
  };
  const video = await waitUntil(`the end of ${prompt}`, probe, { timeoutSeconds, intervalMs: 500 });
  const jobs = await simulation.jobsOf(prompt);
  return toOrderEnd(video, prompt, jobs);
}

function toOrderEnd(video: Video, prompt: string, jobs: readonly { readonly status: string }[]): OrderEnd {
  const { estimated, charged } = video.gateway.cost;
  return {
    prompt,
    ending: isOver(video) ? (video.error?.code ?? video.status) : 'waiting',
    holdMicroUsd: fromUsd(estimated),
    chargeMicroUsd: charged === null ? undefined : fromUsd(charged),
    jobs: jobs.map(({ status }) => status),
  };
}

function isOver({ status }: Video): boolean {
  return status === 'completed' || status === 'failed';
}
