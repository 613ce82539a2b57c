import type { DoorError } from './door.ts';

/** The HTTP status of each refusal, where a dialect's document has no other. */
export const doorStatuses: Readonly<Record<DoorError['kind'], number>> = {
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
