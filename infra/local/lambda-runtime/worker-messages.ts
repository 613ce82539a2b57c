/** What a worker thread is started with. */
export interface WorkerSettings {
  readonly moduleUrl: string;
  readonly exportName: string;
  readonly functionName: string;
  readonly functionArn: string;
  readonly memoryMegabytes: number;
  /** Whether callers wait for its answers; if not, it gives way to those for which they do. */
  readonly isAwaited: boolean;
}

/** One invocation; payloads cross the thread as JSON text, as they do on the wire. */
export interface InvocationMessage {
  readonly requestId: string;
  readonly payload: string;
  /** Milliseconds since 1970 at which the invocation times out. */
  readonly deadlineMs: number;
}

/** A worker's answer to one invocation. */
export type AnswerMessage =
  | { readonly requestId: string; readonly kind: 'returned'; readonly payload: string }
  | {
      readonly requestId: string;
      readonly kind: 'failed';
      readonly errorType: string;
      readonly errorMessage: string;
      readonly trace: string[];
    };
