/** A request to a provider. The adapter adds the credentials; redirects are never followed. */
export interface UpstreamRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly signal: AbortSignal;
}

/**
 * What came of a request. `not_sent` is proven: no byte of it left (DNS, refused connection, connect
 * time-out, TLS). `lost` is everything else without a complete answer.
 */
export type UpstreamAnswer =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly text: string;
    }
  | { readonly kind: 'not_sent'; readonly message: string }
  | { readonly kind: 'lost'; readonly message: string };

export type UpstreamHttp = (request: UpstreamRequest) => Promise<UpstreamAnswer>;
