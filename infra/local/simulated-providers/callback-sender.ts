import { secondsAfter } from '../../../shared/clock.ts';
import type { TimerClock } from '../timer-clock.ts';
import type { CallbackContent } from './dialect.ts';

/** A callback to be sent; `content` is asked anew at every try. */
export interface Call {
  readonly url: string;
  readonly at: string;
  readonly isRetried: boolean;
  content(): CallbackContent;
  onTried(): void;
  /** It was delivered, or given up. */
  onOver(): void;
}

export interface CallbackSender {
  /** Sends at the call's time, or soon when that is past. */
  schedule(call: Call): void;
  /** Sends at once; resolves after the first try. */
  send(call: Call): Promise<void>;
  close(): void;
}

/** The pauses before the second to the fifth try. */
const retryAfterSeconds = [2, 5, 10, 20] as const;
const timeoutMs = 10_000;

export function createCallbackSender(clock: TimerClock): CallbackSender {
  const closing = new AbortController();
  const cancellations = new Set<() => void>();
  const later = (at: string, action: () => void) => {
    const cancel = clock.schedule(new Date(at), () => {
      cancellations.delete(cancel);
      action();
    });
    cancellations.add(cancel);
  };
  const attempt = async (call: Call, tries: number): Promise<void> => {
    call.onTried();
    const isDelivered = await post(call, closing.signal);
    if (closing.signal.aborted) return;
    const pause = call.isRetried ? retryAfterSeconds[tries] : undefined;
    if (isDelivered || pause === undefined) return call.onOver();
    later(secondsAfter(clock.now(), pause), () => void attempt(call, tries + 1));
  };
  return {
    schedule: (call) => later(call.at, () => void attempt(call, 0)),
    send: (call) => attempt(call, 0),
    close() {
      closing.abort();
      for (const cancel of cancellations) cancel();
    },
  };
}

/** Whether a 2xx came back; a receiver that cannot be reached is one that did not get it. */
async function post(call: Call, closing: AbortSignal): Promise<boolean> {
  const { headers, body } = call.content();
  try {
    const response = await fetch(call.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
      redirect: 'manual',
      signal: AbortSignal.any([closing, AbortSignal.timeout(timeoutMs)]),
    });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}
