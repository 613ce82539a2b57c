import type { CallbackReceipt } from './receive-callback.ts';

interface CallbackAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A provider repeats a callback until it is told 2xx; what is not for us it may as well forget. */
const statuses = { rang: 200, ignored: 200, bad_proof: 401, unknown: 404 } as const;

/** The answer over HTTP. A challenge is answered with what it asks for and with nothing else. */
export function toCallbackAnswer(receipt: CallbackReceipt): CallbackAnswer {
  const headers = { 'content-type': 'application/json' };
  if (receipt.kind === 'challenged') {
    return { statusCode: 200, headers, body: JSON.stringify(receipt.answer) };
  }
  return { statusCode: statuses[receipt.kind], headers, body: JSON.stringify({ receipt: receipt.kind }) };
}
