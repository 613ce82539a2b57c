import { secondsBetween } from '../../clock.ts';
import type { Video } from './wire.ts';

/** One line about a video that is not finished: its state, who makes it, for how long, and the next look. */
function describeProgress({ created_at, gateway }: Video, now: Date): string {
  const elapsed = Math.max(0, Math.round(secondsBetween(new Date(created_at * 1000), now)));
  const parts = [gateway.state.padEnd(10), gateway.provider, `${elapsed} s`];
  if (gateway.next_look_at !== null) {
    const untilLook = Math.round(secondsBetween(now, gateway.next_look_at));
    parts.push(untilLook > 0 ? `next look in ${untilLook} s` : 'looking');
  }
  return parts.join(' · ');
}

/** Redraws a line in place at a terminal; elsewhere prints it only when its state changed. */
export function createProgressLine(stream: NodeJS.WriteStream) {
  let shownState: string | undefined;
  return {
    show(video: Video, now: Date) {
      if (stream.isTTY) stream.write(`\r\x1b[2K${describeProgress(video, now)}`);
      else if (video.gateway.state !== shownState) stream.write(`${describeProgress(video, now)}\n`);
      shownState = video.gateway.state;
    },
    clear() {
      if (stream.isTTY) stream.write('\r\x1b[2K');
    },
  };
}
