import * as z from 'zod';

/** What a route of a door takes and answers, for the published contract; no function that serves it loads this. */
export interface RouteContract {
  /** The `operationId`: no other operation has it. */
  readonly id: string;
  readonly summary: string;
  /** Says more, where there is more to say: limits, units. */
  readonly description?: string;
  /** What the variables of the path and of the query mean; those of the path are required. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** The schema that reads the body. */
  readonly body?: z.ZodType;
  /** A body, or a path with its query, to show. */
  readonly example?: { readonly path?: string; readonly body?: object };
  readonly answer: z.ZodType;
}

/** The contract of one door. */
export interface DoorContract {
  readonly provider: string;
  readonly dialect?: string;
  /** The API that it speaks, in words. */
  readonly title: string;
  /** What a client changes to use the door, and what is special about it. */
  readonly about: string;
  /** By method and path as the door's routes have them: `POST /api/v1/task`. */
  readonly routes: Readonly<Record<string, RouteContract>>;
  /** The body of every refusal. */
  readonly error: z.ZodType;
  /** The body that is sent to who asked to be called back; absent where the dialect does not call back. */
  readonly callback?: z.ZodType;
  /** What is sent beside it, by name, with what it means. */
  readonly callbackHeaders?: Readonly<Record<string, string>>;
}

export const unixMilliseconds = z.int().nonnegative().describe('Unix milliseconds');

/** An answer within the envelope that several dialects share. */
export function successOf<Data extends z.ZodType>(data: Data) {
  return z.object({ code: z.literal(200), message: z.literal('success'), data });
}

/** A refusal within the same envelope. */
export const refusalSchema = z.object({ code: z.int(), message: z.string(), data: z.null() });
