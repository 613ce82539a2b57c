import { randomBytes } from 'node:crypto';
import type { Call } from './callback-sender.ts';
import type { CallbackContent, Dialect } from './dialect.ts';
import type { Job, PlannedCallback } from './job.ts';
import { type Simulation, tallyOf, viewOf } from './simulation.ts';

type CallbackMessage = NonNullable<Dialect['callbackMessage']>;
type CallbackTarget = NonNullable<Job['callback']>;

/** Sets off the callbacks of a new job; those that come before its order is answered are sent on return. */
export async function startCallbacks(simulation: Simulation, job: Job): Promise<void> {
  const isDue = (call: Call) => call.at <= job.acceptedAt;
  const calls = toCalls(simulation, job);
  for (const call of calls) if (!isDue(call)) simulation.sender.schedule(call);
  await Promise.all(calls.filter(isDue).map((call) => simulation.sender.send(call)));
}

/** Schedules what an earlier run of the server left undelivered. */
export function resumeCallbacks(simulation: Simulation): void {
  for (const { job, calledBack } of simulation.log.jobs.values()) {
    toCalls(simulation, job).forEach((call, index) => {
      if (!calledBack.has(index)) simulation.sender.schedule(call);
    });
  }
}

function toCalls(simulation: Simulation, job: Job): Call[] {
  const { callback } = job;
  const { callbackMessage } = simulation.dialect;
  if (callback === undefined || callbackMessage === undefined) return [];
  return job.callbacks.map((planned, index) => ({
    url: planned.claim === 'wrong_path' ? guessPath(callback.url) : callback.url,
    at: planned.at,
    isRetried: planned.claim === 'state',
    content: () => compose(simulation, { job, callback, planned, callbackMessage }),
    onTried: () => {
      tallyOf(simulation, job.id).callbackTries += 1;
    },
    onOver: () => simulation.log.calledBack(job.id, index),
  }));
}

interface Composition {
  readonly job: Job;
  readonly callback: CallbackTarget;
  readonly planned: PlannedCallback;
  readonly callbackMessage: CallbackMessage;
}

function compose(simulation: Simulation, { job, callback, planned, callbackMessage }: Composition) {
  const proof = planned.claim === 'wrong_proof' ? randomBytes(32).toString('base64url') : callback.proof;
  const view =
    planned.claim === 'state'
      ? viewOf(simulation, job)
      : ({ job, status: 'succeeded', videoUrl: 'https://forger.example/video.mp4' } as const);
  return callbackMessage(view, proof, simulation.clock.now()) satisfies CallbackContent;
}

/** The same URL with a guess in place of its last segment, where the secret is. */
function guessPath(url: string): string {
  return new URL(randomBytes(32).toString('base64url'), url).href;
}
