import { CommandError } from './command-error.ts';

/** As a shell reports them: 128 and the number of the signal. */
const exitCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** Aborts at the first of the signals from now on. More of them change nothing: npm repeats a Ctrl-C. */
export function watchInterrupts(): AbortSignal {
  const controller = new AbortController();
  for (const [name, exitCode] of Object.entries(exitCodes))
    process.on(name, () => controller.abort(new CommandError(`Interrupted by ${name}`, { exitCode })));
  return controller.signal;
}

/** The outcome of the work; rejects at once with the reason of the signal when that comes first. */
export async function unlessInterrupted<Outcome>(
  signal: AbortSignal,
  work: Promise<Outcome>,
): Promise<Outcome> {
  const { promise: interrupted, reject } = Promise.withResolvers<never>();
  const stop = () => reject(signal.reason);
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  try {
    return await Promise.race([interrupted, work]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
