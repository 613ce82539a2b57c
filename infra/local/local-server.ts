/** A server of the local gateway, on loopback. */
export interface LocalServer {
  /** Its origin, for example `http://127.0.0.1:41234`. */
  readonly url: string;
  /** Ends open connections and frees what it holds. */
  close(): Promise<void>;
}
