import type { DoorAnswer, DoorError } from '../door.ts';
import { doorStatuses } from '../door-statuses.ts';

/** The document shows no error: the HTTP status as text, and what is wrong. */
export function toErrorBody(status: number, message: string) {
  return { code: String(status), message };
}

/** A refusal of either API of the host. */
export function toErrorAnswer({ kind, message }: DoorError): DoorAnswer {
  const status = doorStatuses[kind];
  return { status, body: toErrorBody(status, message) };
}
