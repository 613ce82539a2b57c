import type { DoorAnswer, DoorError } from '../door.ts';

/** The document shows no error: the HTTP status as text, and what is wrong. */
export function toErrorBody(status: number, message: string) {
  return { code: String(status), message };
}

/** 409, 429 and the 5xx are those that the host documents. */
const statuses: Readonly<Record<DoorError['kind'], number>> = {
  malformed: 400,
  prompt: 400,
  image: 400,
  parameter: 400,
  unauthorized: 401,
  no_budget: 402,
  not_found: 404,
  wrong_method: 405,
  conflict: 409,
  too_large: 413,
  rate_limited: 429,
  unavailable: 503,
  internal: 500,
};

/** A refusal of either API of the host. */
export function toErrorAnswer({ kind, message }: DoorError): DoorAnswer {
  const status = statuses[kind];
  return { status, body: toErrorBody(status, message) };
}
