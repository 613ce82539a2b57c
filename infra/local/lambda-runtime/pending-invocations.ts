import type { FunctionOutcome } from '../state-machine/run.ts';

/** The invocations that a worker has not answered yet, by request id. */
export interface PendingInvocations {
  add(requestId: string, resolve: (outcome: FunctionOutcome) => void): void;
  /** Ends one; a second outcome of the same invocation is dropped. */
  settle(requestId: string, outcome: FunctionOutcome): void;
  /** Ends all, as Lambda does when the sandbox dies. */
  crash(reason: string): void;
  isEmpty(): boolean;
}

export function createPendingInvocations(): PendingInvocations {
  const pending = new Map<string, (outcome: FunctionOutcome) => void>();
  const settle: PendingInvocations['settle'] = (requestId, outcome) => {
    pending.get(requestId)?.(outcome);
    pending.delete(requestId);
  };
  return {
    add: (requestId, resolve) => pending.set(requestId, resolve),
    settle,
    crash(reason) {
      for (const requestId of pending.keys())
        settle(requestId, { kind: 'failed', errorType: 'Lambda.Unknown', errorMessage: reason });
    },
    isEmpty: () => pending.size === 0,
  };
}
