/** Lambda's limit of a synchronous payload, both ways. */
const maxPayloadBytes = 6_291_556;

/** What to say of a JSON payload that is too large; absent when it is not. */
export function describeExcess(what: 'Request' | 'Response', payload: string): string | undefined {
  const bytes = Buffer.byteLength(payload);
  if (bytes <= maxPayloadBytes) return undefined;
  return `${what} payload size (${bytes} bytes) exceeds the limit of ${maxPayloadBytes} bytes`;
}
