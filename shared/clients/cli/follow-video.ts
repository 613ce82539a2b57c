import { setTimeout as sleep } from 'node:timers/promises';
import type { GatewayClient, Polled } from './gateway-client.ts';
import { createProgressLine } from './progress-line.ts';
import type { Video } from './wire.ts';

const redrawMs = 250;

interface FollowOptions {
  readonly client: GatewayClient;
  /** Ends the display. */
  readonly signal: AbortSignal;
}

/** Shows how a video gets on until it is finished. */
export async function followVideo(first: Polled, { client, signal }: FollowOptions): Promise<Video> {
  const line = createProgressLine(process.stderr);
  let { video, pollAfterMs } = first;
  while (video.status === 'queued' || video.status === 'in_progress') {
    for (let waited = 0; waited < pollAfterMs; waited += redrawMs) {
      line.show(video, new Date());
      await sleep(redrawMs, undefined, { signal });
    }
    ({ video, pollAfterMs } = await client.getVideo(video.id));
  }
  line.clear();
  return video;
}
